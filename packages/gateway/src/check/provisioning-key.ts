import { type ProvisioningKey, provisioningKey } from '../model/index.ts'
import type { AccessConfig } from '../policy/types.ts'
import { networkProblem } from './application.ts'
import { type Checked, Findings } from './findings.ts'
import { namesOf, unknownName } from './references.ts'
import { readShape } from './shape.ts'

/** What a provisioning key is judged against. */
export interface KeyContext extends Pick<AccessConfig, 'connectorGroups'> {
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Judges a provisioning key. */
export function checkProvisioningKey(
  input: unknown,
  { connectorGroups, now }: KeyContext,
): Checked<ProvisioningKey> {
  const read = readShape(provisioningKey, input)
  if ('problems' in read) return read
  const { value } = read
  const findings = new Findings()
  const known = namesOf(connectorGroups)
  if (value.kind === 'edge' && value.connectorGroup !== undefined) {
    findings.refuse(['connectorGroup'], 'must be absent: edges are in no connector group')
  } else if (value.kind === 'connector') {
    const problem =
      value.connectorGroup === undefined
        ? 'is missing: a connector has to be in one'
        : unknownName('connector group', value.connectorGroup, known)
    if (problem !== undefined) findings.refuse(['connectorGroup'], problem)
  }
  for (const [index, network] of (value.networks ?? []).entries()) {
    const problem = networkProblem(network)
    if (problem !== undefined) findings.refuse(['networks', index], problem)
  }
  if (value.expiresAt !== undefined && value.expiresAt <= now) {
    findings.refuse(['expiresAt'], 'must be in the future')
  }
  if (value.expiresAt === undefined && value.maxUses > 1) {
    findings.warn(
      ['expiresAt'],
      `is not set: whoever has this key can enrol with it for ever, up to ${value.maxUses} times`,
    )
  }
  return findings.of(value)
}
