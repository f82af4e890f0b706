import { type Segment, segment as segmentSchema } from '../model/index.ts'
import { type Application, keyOf, readApplication } from '../policy/application.ts'
import { SegmentFinder } from '../policy/segment-finder.ts'
import type { AccessConfig } from '../policy/types.ts'
import { applicationProblem } from './application.ts'
import { type Checked, Findings } from './findings.ts'
import { countPorts, overlaps, portsText, sharedPorts } from './port-ranges.ts'
import { namesOf, unknownName } from './references.ts'
import { checkFtp } from './segment-ftp.ts'
import { readShape } from './shape.ts'

/** What a segment is judged against. `segments` may hold the same one as it was before. */
export type SegmentContext = Pick<AccessConfig, 'segments' | 'segmentGroups' | 'serverGroups'>

/** Judges an application segment. */
export function checkSegment(input: unknown, context: SegmentContext): Checked<Segment> {
  return segmentCheck(context)(input)
}

/** The same for several that are judged against the same ones, which are then read once. */
export function segmentCheck(context: SegmentContext): (input: unknown) => Checked<Segment> {
  let finder: SegmentFinder | undefined
  return input => {
    const read = readShape(segmentSchema, input)
    if ('problems' in read) return read
    const { value } = read
    const findings = new Findings()
    const applications = readApplications(value, findings)
    checkPorts(value, findings)
    checkFtp(value, findings)
    checkHealth(value, applications, findings)
    const group = unknownName('segment group', value.segmentGroup, namesOf(context.segmentGroups))
    if (group !== undefined) findings.refuse(['segmentGroup'], group)
    const server = unknownName('server group', value.serverGroup, namesOf(context.serverGroups))
    if (server !== undefined) findings.refuse(['serverGroup'], server)
    finder ??= finderOf(context.segments)
    checkOthers(value, applications, { segments: context.segments, finder }, findings)
    return findings.of(value)
  }
}

/** Applications by their place; those that cannot be read are told and left out. */
type Applications = ReadonlyMap<number, Application>

function readApplications({ applications }: Segment, findings: Findings): Applications {
  const read = new Map<number, Application>()
  const places = new Map<string, number>()
  for (const [index, text] of applications.entries()) {
    const application = readApplication(text)
    if (application === undefined) {
      findings.refuse(['applications', index], applicationProblem(text) ?? '')
      continue
    }
    read.set(index, application)
    const before = places.get(keyOf(application))
    if (before === undefined) places.set(keyOf(application), index)
    else findings.warn(['applications', index], `is the same as applications[${before}]`)
    if (application.kind !== 'network') continue
    const { isWhole, prefix } = application.network
    if (prefix === 0) findings.warn(['applications', index], 'is every address')
    else if (!isWhole) {
      findings.warn(
        ['applications', index],
        `means the whole network: all addresses whose first ${prefix} bits are the same`,
      )
    }
  }
  return read
}

function checkPorts({ ports }: Segment, findings: Findings): void {
  for (const [index, range] of ports.entries()) {
    const before = ports.slice(0, index).find(other => overlaps(range, other))
    if (before) findings.refuse(['ports', index], `overlaps the ports ${portsText(before)}`)
  }
}

/** Probes are connections: twenty a second from a connector is what goes without trouble. */
const MOST_PROBED_PORTS = 10

function checkHealth(
  { healthReporting, ports }: Segment,
  applications: Applications,
  findings: Findings,
): void {
  if (healthReporting === 'none') return
  const count = countPorts(ports)
  if (count > MOST_PROBED_PORTS) {
    findings.refuse(
      ['healthReporting'],
      `must be none for more than ${MOST_PROBED_PORTS} ports, and these are ${count}: each port is a probe of its own`,
    )
  }
  const has = (isIt: (application: Application) => boolean) => [...applications.values()].some(isIt)
  if (has(({ kind }) => kind === 'wildcard')) {
    findings.refuse(
      ['healthReporting'],
      'must be none for a wildcard: nobody knows which servers it stands for',
    )
  } else if (healthReporting === 'continuous' && has(isManyAddresses)) {
    findings.refuse(
      ['healthReporting'],
      'must not be continuous for a network: each of its addresses would be probed. Write the addresses of the servers, or use on-access',
    )
  }
}

const isManyAddresses = (application: Application) =>
  application.kind === 'network' && application.network.prefix < (application.network.family === 4 ? 32 : 128)

/** Others are as they were saved: what cannot be read of them is in nobody's way. */
function finderOf(segments: readonly Segment[]): SegmentFinder {
  return new SegmentFinder(
    segments.map(one => ({
      ...one,
      applications: one.applications.filter(text => readApplication(text) !== undefined),
    })),
  )
}

function checkOthers(
  { name: own, ports, applications: texts }: Segment,
  applications: Applications,
  { segments, finder }: { readonly segments: readonly Segment[]; readonly finder: SegmentFinder },
  findings: Findings,
): void {
  const hidden = new Map<string, number>()
  for (const [index, application] of applications) {
    for (const owner of finder.owners(application)) {
      const name = segments[owner.segment]?.name
      if (name === own) continue
      const shared = sharedPorts(ports, owner.ports)
      if (shared === undefined) continue
      findings.refuse(
        ['applications', index],
        `is in the segment ${name} already with ports ${portsText(shared)}: an address or name with a port belongs to one segment`,
      )
    }
    for (const owner of finder.wider(application)) {
      const name = segments[owner.segment]?.name
      if (name === undefined || name === own || !sharedPorts(ports, owner.ports)) continue
      if (!hidden.has(name)) hidden.set(name, index)
    }
  }
  for (const [name, index] of hidden) {
    findings.warn(
      ['applications', index],
      `is a part of the segment ${name}: ${texts[index]} belongs to this segment alone, and rules for ${name} do not cover it`,
    )
  }
}
