import type { RunCause } from '@portolan/store'
import { TransferError } from '../errors.ts'
import type { LocalPlace, Transfer } from '../model/index.ts'

type Properties = RunCause['properties']

/**
 * The properties of a run that somebody asks for. Who may ask for runs may not thereby name any file of the machine: the file
 * is one of the trigger's folder, or, where the transfer has none, one of a user, whose permissions hold.
 * @throws {TransferError} `TRANSFER_INVALID`
 */
export function requestedProperties(definition: Pick<Transfer, 'trigger'>, given: Properties): Properties {
  const { 'file.path': path, 'file.user': user } = given
  const others = Object.entries(given).filter(([key]) => !key.startsWith('file.'))
  if (path === undefined && user === undefined) return Object.fromEntries(others)
  if (typeof path !== 'string' || !path.startsWith('/') || path.split('/').includes('..'))
    throw wrong('file.path', 'must be the absolute path of a file, without ..')
  const place = 'place' in definition.trigger ? definition.trigger.place : undefined
  const owner = place === undefined ? ownerOf(user) : ownerIn(place, path, user)
  return {
    ...Object.fromEntries(others),
    'file.path': path,
    'file.name': path.slice(path.lastIndexOf('/') + 1),
    ...(owner !== undefined && { 'file.user': owner }),
  }
}

/** Whose file it is, of a transfer that begins with one of a folder; undefined: it is in a folder of the machine. */
function ownerIn(place: LocalPlace, path: string, user: string | number | undefined): string | undefined {
  const folder = 'user' in place ? place.path : place.folder
  const inside = folder === '/' ? path : path.startsWith(`${folder.replace(/\/+$/, '')}/`)
  if (!inside) throw wrong('file.path', `must be a file below ${folder}, where this transfer begins`)
  if (!('user' in place)) {
    if (user !== undefined && user !== '')
      throw wrong('file.user', 'must be left out: the folder is one of the machine')
    return undefined
  }
  if (user !== undefined && user !== place.user)
    throw wrong('file.user', `must be ${place.user}, in whose folder this transfer begins`)
  return place.user
}

function ownerOf(user: string | number | undefined): string {
  if (typeof user === 'string' && user !== '') return user
  throw wrong('file.user', 'must name the user whose file it is')
}

const wrong = (property: string, message: string) =>
  new TransferError('TRANSFER_INVALID', `The property ${property} ${message}.`, [
    { path: `properties.${property}`, message },
  ])
