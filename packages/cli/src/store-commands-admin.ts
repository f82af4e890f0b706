import { hostname, userInfo } from 'node:os'
import { hashPassword } from '@portolan/server'
import { type AdministratorRow, openStore, type Store } from '@portolan/store'
import { isThere } from './config-store.ts'
import { generatePassword } from './first-start.ts'
import type { Io } from './io.ts'
import type { StoreFlags } from './store-commands.ts'
import { placeOf } from './store-commands-place.ts'
import { EXIT, UserError } from './user-error.ts'

/** `portolan admin list`. */
export async function listAdministrators(flags: StoreFlags, io: Io): Promise<number> {
  await using store = await open(flags, io)
  const rows = await store.administrators.list()
  if (rows.length === 0) {
    io.err('nobody yet: portolan serve prints a link that makes the first one')
    return EXIT.ok
  }
  const width = Math.max(...rows.map(({ name }) => name.length))
  for (const row of rows) io.out(lineOf(row, width))
  return EXIT.ok
}

function lineOf({ name, role, enabled, totpSecret, lastLoginAt }: AdministratorRow, width: number): string {
  const parts = [
    name.padEnd(width),
    role,
    ...(enabled ? [] : ['disabled']),
    totpSecret === undefined ? 'no second factor' : 'second factor',
    lastLoginAt === undefined ? 'never signed in' : `signed in ${new Date(lastLoginAt).toISOString()}`,
  ]
  return parts.join('  ')
}

/** `portolan admin reset-password NAME`: whoever may write to the database may do this. */
export async function resetPassword(name: string, flags: StoreFlags, io: Io): Promise<number> {
  await using store = await open(flags, io)
  await demand(store, name)
  const password = generatePassword()
  await store.administrators.change(name, { password: await hashPassword(password), enabled: true })
  await store.webSessions.removeAll('administrator', name)
  await note(store, 'reset-password', name)
  io.out(password)
  io.err(
    `This is the new password of ${name}; it is not shown again. All web sessions of ${name} have ended.`,
  )
  return EXIT.ok
}

/** `portolan admin disable-totp NAME`. */
export async function disableTotp(name: string, flags: StoreFlags, io: Io): Promise<number> {
  await using store = await open(flags, io)
  const { totpSecret } = await demand(store, name)
  if (totpSecret === undefined) {
    io.err(`${name} has no second factor; nothing was changed`)
    return EXIT.ok
  }
  await store.administrators.change(name, { totpSecret: null, totpStep: null, recoveryCodes: null })
  await note(store, 'disable-totp', name)
  io.out(`${name} signs in with the password alone now`)
  return EXIT.ok
}

async function open(flags: StoreFlags, io: Io): Promise<Store> {
  const place = placeOf(flags, io.cwd)
  if (!(await isThere(place))) {
    throw new UserError(`${place.folder} is no data folder of a node: name it with --data`)
  }
  return openStore({ ...place, as: 'tool' })
}

async function demand(store: Store, name: string): Promise<AdministratorRow> {
  const row = await store.administrators.get(name)
  if (row !== undefined) return row
  const names = (await store.administrators.list()).map(one => one.name)
  throw new UserError(
    names.length === 0
      ? 'there are no administrators yet: portolan serve prints a link that makes the first one'
      : `there is no administrator ${JSON.stringify(name)}; there are: ${names.join(', ')}`,
  )
}

async function note(store: Store, command: string, target: string): Promise<void> {
  await store.audit.append([
    {
      at: Date.now(),
      node: hostname(),
      actor: `portolan admin ${command}`,
      address: '',
      action: `administrator.${command}`,
      target,
      before: null,
      after: null,
      outcome: 'done',
      text: `by ${userInfo().username} on ${hostname()}`,
    },
  ])
}
