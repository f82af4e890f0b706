import { TransferError } from '../errors.ts'
import type { Site, Zone } from '../model/index.ts'

/** What of a site its way out follows from. */
type Way = Pick<Site, 'name' | 'zone' | 'enableActiveMode'>

/**
 * The network zone by which connections to a site leave: the one it names, else the default one; undefined: directly.
 * @throws {TransferError} `TRANSFER_MISSING` for one that is not there: what should leave by a proxy must not leave directly
 */
export function zoneOf({ name, zone }: Way, zones: readonly Zone[]): Zone | undefined {
  if (zone === 'none') return undefined
  if (zone === undefined) return zones.find(({ isDefault }) => isDefault)
  const named = zones.find(one => one.name === zone)
  if (named) return named
  const message = `The site ${name} leaves by the network zone ${zone}, which is not there: name another one, or none.`
  throw new TransferError('TRANSFER_MISSING', message, [{ path: 'zone', message }])
}

/** Why a site cannot leave by this zone: in active mode the partner dials, and a proxy only dials out. */
export function activeProblem(site: Way, zone: Zone | undefined): TransferError | undefined {
  if (!site.enableActiveMode || zone === undefined) return undefined
  const message = `The site ${site.name} has active mode, in which the partner dials this machine, and ${describe(zone)} only dials out: switch active mode off, or set the network zone to none.`
  return new TransferError('TRANSFER_ACTIVE_ZONE', message, [{ path: 'enableActiveMode', message }])
}

const PROXIES: Readonly<Record<Zone['proxy']['kind'], string>> = { socks5: 'SOCKS5', http: 'HTTP' }

function describe({ name, isDefault, proxy }: Zone): string {
  return `the ${PROXIES[proxy.kind]} proxy of ${isDefault ? 'the default network zone' : 'the network zone'} ${name}`
}
