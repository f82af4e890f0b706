import { isIP } from 'node:net'
import { TransferError } from '../errors.ts'
import { type Site, type SiteSecrets, site as siteSchema, type Zone } from '../model/index.ts'
import { hostProblem, hostWarning } from './host.ts'
import { unknownName } from './names.ts'
import { pathProblem } from './paths.ts'
import { type Checked, Findings } from './problem.ts'
import { readShape } from './shape.ts'
import { checkSiteTls } from './site-tls.ts'
import { activeProblem, zoneOf } from './zone-of.ts'

/** What a site is judged against. */
export interface SiteContext {
  readonly zones: readonly Zone[]
  /** The active ports of the FTP Settings; undefined: not set. */
  readonly activePorts: { readonly basePort: number; readonly numberOfPorts: number } | undefined
  /** Users and groups that there are, at least those that are named. Absent: owners are not looked at. */
  readonly owners?: { readonly users: readonly string[]; readonly groups: readonly string[] }
  /** As they will be once the site is saved; absent: they are not looked at. */
  readonly secrets?: SiteSecrets
}

/** Judges a site: what cannot work is refused, what is doubtful is told. */
export function checkSite(input: unknown, context: SiteContext): Checked<Site> {
  const read = readShape(siteSchema, input)
  if ('problems' in read) return read
  const site = read.value
  const findings = new Findings()
  const host = hostProblem(site.host)
  if (host !== undefined) findings.refuse(['host'], host)
  const odd = host === undefined ? hostWarning(site.host) : undefined
  if (odd !== undefined) findings.warn(['host'], odd)
  checkOwner(site, context, findings)
  checkLogin(site, context, findings)
  checkWay(site, context, findings)
  checkSiteTls(site, context.secrets, findings)
  const folder = pathProblem(site.folder)
  if (folder !== undefined) findings.refuse(['folder'], folder)
  return findings.of(site)
}

function checkOwner({ owner }: Site, { owners }: SiteContext, findings: Findings): void {
  if (owner === undefined || owners === undefined) return
  const problem = unknownName(
    owner.kind,
    owner.name,
    owner.kind === 'user' ? owners.users : owners.groups,
    false,
  )
  if (problem !== undefined) findings.refuse(['owner', 'name'], problem)
}

function checkLogin({ user, protocol }: Site, { secrets }: SiteContext, findings: Findings): void {
  if (/[\r\n\0]/.test(user)) findings.refuse(['user'], 'must not hold line ends or NUL')
  if (/[\r\n\0]/.test(secrets?.password ?? '')) {
    findings.refuse(['secrets', 'password'], 'must not hold line ends or NUL')
  }
  if (user === 'anonymous') return
  if (protocol === 'ftp') {
    findings.warn(
      ['protocol'],
      'sends the password in the clear: whoever is on the way can read it; use FTPS',
    )
  }
  if (secrets !== undefined && secrets.password == null && secrets.key == null) {
    findings.warn(['user'], 'has no password and no client certificate with a key: few servers let it in')
  }
}

function checkWay(site: Site, { zones, activePorts }: SiteContext, findings: Findings): void {
  const unknown =
    site.zone === undefined || site.zone === 'none'
      ? undefined
      : unknownName('network zone', site.zone, [...zones.map(({ name }) => name), 'none'])
  if (unknown !== undefined) findings.refuse(['zone'], unknown)
  else {
    const problem = activeProblem(site, zoneOf(site, zones))
    if (problem) findings.refuse(['enableActiveMode'], problem.message)
  }
  if (site.enableActiveMode) checkActive(site, activePorts, findings)
  const { address } = site.passive
  if (!['control', 'auto', 'server'].includes(address) && isIP(address) === 0) {
    findings.refuse(['passive', 'address'], 'must be control, auto, server or an IP address')
  }
  const { externalAddress } = site
  if (externalAddress === undefined) return
  const external = externalAddress === 'ask' ? undefined : hostProblem(externalAddress)
  if (external !== undefined) findings.refuse(['externalAddress'], external)
  else if (!site.enableActiveMode) findings.warn(['externalAddress'], 'is used in active mode alone')
}

function checkActive(site: Site, activePorts: SiteContext['activePorts'], findings: Findings): void {
  if (activePorts === undefined) {
    findings.warn(
      ['enableActiveMode'],
      'uses any free port above 1023, which a firewall may not let in: set the active ports in the FTP Settings',
    )
  } else if (activePorts.numberOfPorts < site.connections) {
    findings.warn(
      ['connections'],
      `is more than the ${activePorts.numberOfPorts} active ports of the FTP Settings, so some have to wait`,
    )
  }
}

/** The sites that would leave by this zone. Those whose zone is not there leave by none. */
export function sitesLeavingBy(zone: Zone, sites: readonly Site[], zones: readonly Zone[]): Site[] {
  return sites.filter(site => {
    try {
      return zoneOf(site, zones)?.name === zone.name
    } catch (error) {
      if (error instanceof TransferError) return false
      throw error
    }
  })
}
