import { isAddress, normaliseAddress } from '@portolan/protocol'
import { type PortRange, type Publication, publication as publicationSchema } from '../model/index.ts'
import { readApplication } from '../policy/application.ts'
import type { AccessConfig } from '../policy/types.ts'
import { applicationProblem, networkProblem } from './application.ts'
import { type Checked, Findings } from './findings.ts'
import { overlaps, portsText, sharedPorts } from './port-ranges.ts'
import { listed, namesOf, unknownName } from './references.ts'
import { readShape } from './shape.ts'

/** What a publication is judged against. `publications` may hold the same one as it was before. */
export interface PublicationContext extends Pick<AccessConfig, 'publications' | 'serverGroups'> {
  /** The names of the edges that have enrolled. */
  readonly edges: readonly string[]
}

/** Judges what edges publish. */
export function checkPublication(input: unknown, context: PublicationContext): Checked<Publication> {
  const read = readShape(publicationSchema, input)
  if ('problems' in read) return read
  const { value } = read
  const findings = new Findings()
  for (const [index, name] of (value.edges ?? []).entries()) {
    const unknown = unknownName('edge', name, context.edges)
    if (unknown !== undefined) findings.refuse(['edges', index], unknown)
  }
  if (!isAddress(value.host)) {
    findings.refuse(['host'], 'must be an IP address of the edges, or 0.0.0.0 or :: for all of theirs')
  }
  const server = readApplication(value.server)
  if (server?.kind !== 'name' && !isAddress(value.server)) {
    findings.refuse(['server'], serverProblem(value.server))
  }
  const group = unknownName('server group', value.serverGroup, namesOf(context.serverGroups))
  if (group !== undefined) findings.refuse(['serverGroup'], group)
  checkAddressRules(value, findings)
  checkOwnPorts(value, findings)
  const others = context.publications.filter(({ name }) => name !== value.name)
  checkOtherPorts(value, others, findings)
  return findings.of(value)
}

function serverProblem(server: string): string {
  const must = 'must be one server: an IP address or a name'
  const problem = applicationProblem(server)
  const hint = problem === undefined ? '' : /: write (.+?)(?: alone|, and .*)?$/.exec(problem)?.[1]
  return hint ? `${must}; write ${hint}` : must
}

function checkAddressRules({ addressRules }: Publication, findings: Findings): void {
  let always: number | undefined
  for (const [index, { clients, address, enabled }] of addressRules.entries()) {
    const at = ['addressRules', index]
    const problem = clients === undefined ? undefined : networkProblem(clients)
    if (problem !== undefined) findings.refuse([...at, 'clients'], problem)
    if (address !== 'control' && !isAddress(address)) {
      findings.refuse(
        [...at, 'address'],
        'must be an IP address, or control for the address that the client dialled',
      )
    } else if (address !== 'control' && ['0.0.0.0', '::'].includes(normaliseAddress(address))) {
      findings.refuse([...at, 'address'], 'stands for no machine: clients cannot connect to it')
    }
    if (!enabled) continue
    if (always !== undefined)
      findings.warn(at, `never decides: addressRules[${always}] comes first and fits all clients`)
    else if (clients === undefined) always = index
  }
}

const passiveOf = ({ passive: { basePort, numberOfPorts } }: Publication): PortRange => ({
  from: basePort,
  to: basePort + numberOfPorts - 1,
})
const portsOf = (value: Publication): readonly PortRange[] => [
  ...value.listeners.map(({ port }) => ({ from: port, to: port })),
  passiveOf(value),
]

function checkOwnPorts(value: Publication, findings: Findings): void {
  const { listeners, passive } = value
  const inside = { from: passive.serverBasePort, to: passive.serverBasePort + passive.numberOfPorts - 1 }
  for (const [index, { port, serverPort }] of listeners.entries()) {
    const at = ['listeners', index]
    const before = listeners.findIndex(other => other.port === port)
    if (before < index) findings.refuse([...at, 'port'], `is the port of listeners[${before}] already`)
    if (overlaps({ from: port, to: port }, passiveOf(value))) {
      findings.refuse([...at, 'port'], `is one of the passive ports ${portsText(passiveOf(value))}`)
    }
    if (overlaps({ from: serverPort, to: serverPort }, inside)) {
      findings.refuse(
        [...at, 'serverPort'],
        `is one of the passive ports of the server, ${portsText(inside)}`,
      )
    }
  }
}

/** An edge can bind a port once. What is disabled binds nothing. */
function checkOtherPorts(value: Publication, others: readonly Publication[], findings: Findings): void {
  if (!value.enabled) return
  for (const other of others) {
    if (!other.enabled || !meetAt(value.host, other.host)) continue
    const edges = sharedEdges(value, other)
    if (edges === undefined) continue
    for (const [index, { port }] of value.listeners.entries()) {
      if (!sharedPorts([{ from: port, to: port }], portsOf(other))) continue
      findings.refuse(['listeners', index, 'port'], `is taken by the publication ${other.name} ${edges}`)
    }
    const shared = sharedPorts([passiveOf(value)], portsOf(other))
    if (shared) {
      findings.refuse(
        ['passive', 'basePort'],
        `the port ${portsText(shared)} is taken by the publication ${other.name} ${edges}`,
      )
    }
  }
}

/** On which edges both are, in words; undefined when on none. */
function sharedEdges({ edges: a }: Publication, { edges: b }: Publication): string | undefined {
  if (a === undefined && b === undefined) return 'on all edges'
  const both = a === undefined ? (b ?? []) : b === undefined ? a : a.filter(name => b.includes(name))
  return both.length === 0 ? undefined : `on ${listed(both)}`
}

/** Whether two addresses to bind can be in each other's way. `::` takes IPv4 as well. */
function meetAt(a: string, b: string): boolean {
  if (!isAddress(a) || !isAddress(b)) return a === b
  const [one, two] = [normaliseAddress(a), normaliseAddress(b)]
  if (one === two || one === '::' || two === '::') return true
  const isFour = (text: string) => !text.includes(':')
  return (one === '0.0.0.0' && isFour(two)) || (two === '0.0.0.0' && isFour(one))
}
