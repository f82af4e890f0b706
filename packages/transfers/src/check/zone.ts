import { type Site, type Zone, zone as zoneSchema } from '../model/index.ts'
import { hostProblem } from './host.ts'
import { type Checked, Findings } from './problem.ts'
import { readShape } from './shape.ts'
import { sitesLeavingBy } from './site.ts'

/** What a network zone is judged against. `zones` may hold the same one as it was before. */
export interface ZoneContext {
  readonly zones: readonly Zone[]
  readonly sites: readonly Site[]
  /** The password of the proxy, as it will be once the zone is saved. */
  readonly password?: string | null
}

/** RFC 1929 section 2: the lengths are one byte. */
const MOST_SOCKS_LOGIN = 255

/** Judges a network zone. Sites in active mode that will leave by it are told, and their runs will fail. */
export function checkZone(input: unknown, { zones, sites, password }: ZoneContext): Checked<Zone> {
  const read = readShape(zoneSchema, input)
  if ('problems' in read) return read
  const zone = read.value
  const findings = new Findings()
  const host = hostProblem(zone.proxy.host)
  if (host !== undefined) findings.refuse(['proxy', 'host'], host)
  checkLogin(zone, password ?? '', findings)
  const others = zones.filter(({ name }) => name !== zone.name)
  const before = others.find(({ isDefault }) => isDefault)
  if (zone.isDefault && before) {
    findings.refuse(
      ['isDefault'],
      `cannot be: the network zone ${before.name} is the default one, and there is one alone; take it from that first`,
    )
  }
  const active = sitesLeavingBy(zone, sites, [...others, zone]).filter(
    ({ enableActiveMode }) => enableActiveMode,
  )
  if (active.length > 0) {
    findings.warn(
      zone.isDefault ? ['isDefault'] : ['proxy'],
      `Active mode needs the network zone none. The runs of these sites will fail with TRANSFER_ACTIVE_ZONE: ${listOf(active)}.`,
    )
  }
  return findings.of(zone)
}

function checkLogin({ proxy: { kind, user = '' } }: Zone, password: string, findings: Findings): void {
  if (kind === 'http') {
    if (user.includes(':')) findings.refuse(['proxy', 'user'], 'must not hold a colon (RFC 7617)')
    return
  }
  if (Buffer.byteLength(user) > MOST_SOCKS_LOGIN) {
    findings.refuse(['proxy', 'user'], `must have at most ${MOST_SOCKS_LOGIN} bytes (RFC 1929)`)
  }
  if (Buffer.byteLength(password) > MOST_SOCKS_LOGIN) {
    findings.refuse(['password'], `must have at most ${MOST_SOCKS_LOGIN} bytes (RFC 1929)`)
  }
  if (user === '' && password !== '') {
    findings.refuse(['proxy', 'user'], 'is missing: a SOCKS5 proxy takes no password without a user')
  }
}

/** As many names as a sentence bears. */
const SHOWN = 10

function listOf(sites: readonly Site[]): string {
  const names = sites.slice(0, SHOWN).map(({ name }) => name)
  return sites.length > SHOWN ? `${names.join(', ')} and ${sites.length - SHOWN} more` : names.join(', ')
}
