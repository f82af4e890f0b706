import {
  type ConnectorGroup,
  connectorGroup as connectorGroupSchema,
  type SegmentGroup,
  type ServerGroup,
  segmentGroup as segmentGroupSchema,
  serverGroup as serverGroupSchema,
} from '../model/index.ts'
import type { AccessConfig } from '../policy/types.ts'
import { type Checked, Findings } from './findings.ts'
import { listed, namesOf, unknownName } from './references.ts'
import { readShape } from './shape.ts'

/** Judges a segment group. */
export function checkSegmentGroup(
  input: unknown,
  { segments }: Pick<AccessConfig, 'segments'>,
): Checked<SegmentGroup> {
  const read = readShape(segmentGroupSchema, input)
  if ('problems' in read) return read
  const { value } = read
  const findings = new Findings()
  const members = namesOf(segments.filter(({ segmentGroup }) => segmentGroup === value.name))
  if (!value.enabled && members.length > 0) {
    findings.warn(['enabled'], `nobody reaches its segments while it is disabled: ${listed(members)}`)
  }
  return findings.of(value)
}

/** Judges a server group: its connector groups have to be there. */
export function checkServerGroup(
  input: unknown,
  { connectorGroups }: Pick<AccessConfig, 'connectorGroups'>,
): Checked<ServerGroup> {
  const read = readShape(serverGroupSchema, input)
  if ('problems' in read) return read
  const { value } = read
  const findings = new Findings()
  const known = namesOf(connectorGroups)
  for (const [index, name] of value.connectorGroups.entries()) {
    const unknown = unknownName('connector group', name, known)
    if (unknown !== undefined) findings.refuse(['connectorGroups', index], unknown)
    else if (value.connectorGroups.indexOf(name) < index)
      findings.warn(['connectorGroups', index], 'is named twice')
  }
  const usable = connectorGroups.some(({ name, enabled }) => enabled && value.connectorGroups.includes(name))
  if (!usable) findings.warn(['connectorGroups'], 'has none that is enabled: nothing is reached by it')
  return findings.of(value)
}

/** Judges a connector group. */
export function checkConnectorGroup(
  input: unknown,
  { serverGroups, connectorGroups }: Pick<AccessConfig, 'serverGroups' | 'connectorGroups'>,
): Checked<ConnectorGroup> {
  const read = readShape(connectorGroupSchema, input)
  if ('problems' in read) return read
  const { value } = read
  const findings = new Findings()
  if (!value.enabled) {
    const others = new Set(
      namesOf(connectorGroups.filter(({ name, enabled }) => enabled && name !== value.name)),
    )
    const cutOff = serverGroups.filter(
      ({ connectorGroups: names }) => names.includes(value.name) && !names.some(name => others.has(name)),
    )
    if (cutOff.length > 0) {
      findings.warn(
        ['enabled'],
        `no other connector group reaches these server groups: ${listed(namesOf(cutOff))}`,
      )
    }
  }
  return findings.of(value)
}
