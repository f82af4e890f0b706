import { classifyAddress } from '@portolan/channels'
import { parseEndpoint } from './endpoint.ts'
import type { Cause, CauseCode, DataFailure, FailureContext } from './failure.ts'
import { describePassive, type PassiveFacts } from './passive-causes.ts'

/** Ports on each side from which on a part of the range counts as closed. */
const FEWEST_PORTS = 3

/**
 * Why nobody came to passive ports. What one failure shows by itself comes first: an address that the client cannot
 * reach, a stranger in its place. The rest is told by comparison: who did come, and to which ports.
 */
export function causesOfNobody(
  failures: readonly DataFailure[],
  context: FailureContext,
): (failure: DataFailure) => Cause {
  const came = context.successes.filter(({ mode }) => mode === 'passive')
  const addresses = new Set(came.map(({ address }) => address))
  const plain = failures.filter(failure => codeBySelf(failure, addresses) === undefined)
  const closed = closedPart(plain, came)
  const codeOf = (failure: DataFailure): CauseCode => {
    const own = codeBySelf(failure, addresses)
    if (own) return own
    if (came.length === 0) return 'PASSIVE_RANGE_CLOSED'
    if (closed) return 'PASSIVE_RANGE_PARTLY_OPEN'
    return addresses.has(failure.address) ? 'CLIENT_CAME_NOT' : 'CLIENT_FIREWALL'
  }
  const byCode = Map.groupBy(failures, codeOf)
  const causes = new Map(
    [...byCode].map(
      ([code, those]) => [code, describePassive(code, factsOf(those, context, closed))] as const,
    ),
  )
  return failure =>
    causes.get(codeOf(failure)) ?? describePassive('CLIENT_CAME_NOT', factsOf([failure], context))
}

function codeBySelf(failure: DataFailure, came: ReadonlySet<string>): CauseCode | undefined {
  if (/broke the connection before it was used/.test(failure.text)) return 'CLIENT_GAVE_UP'
  if (/came instead of/.test(failure.text)) return 'SEPARATE_DATA_HOST'
  // EPSV names no address: the client dials the one it has dialled before.
  if (failure.because?.code === 'epsv') return undefined
  const told = failure.endpoint === undefined ? undefined : parseEndpoint(failure.endpoint)
  if (!told) return undefined
  const [toldClass, clientClass] = [classifyAddress(told.address), classifyAddress(failure.address)]
  if (toldClass === 'loopback') return clientClass === 'loopback' ? undefined : 'SERVER_ADVERTISES_PRIVATE'
  if (clientClass === 'loopback' || told.address === failure.address) return undefined
  if (toldClass === 'unusable') return clientClass === 'unusable' ? undefined : 'WRONG_EXTERNAL_ADDRESS'
  if (clientClass === 'global') return toldClass === 'global' ? undefined : 'SERVER_ADVERTISES_PRIVATE'
  return toldClass === 'global' && clientClass === 'private' && came.size > 0 && !came.has(failure.address)
    ? 'NAT_HAIRPIN'
    : undefined
}

/** Ports that never worked, where they lie on one side of all that did. */
function closedPart(
  failures: readonly DataFailure[],
  came: FailureContext['successes'],
): PassiveFacts['closed'] {
  const failed = portsOf(failures.map(({ endpoint }) => endpoint))
  const worked = portsOf(came.map(({ local }) => local))
  if (failed.length < FEWEST_PORTS || worked.length < FEWEST_PORTS) return undefined
  const [failedFirst = 0, failedLast = 0] = [failed[0], failed.at(-1)]
  const [workedFirst = 0, workedLast = 0] = [worked[0], worked.at(-1)]
  if (failedFirst <= workedLast && failedLast >= workedFirst) return undefined
  return {
    failed: { first: failedFirst, last: failedLast },
    worked: { first: workedFirst, last: workedLast },
  }
}

/** Different ports, the lowest first. */
function portsOf(endpoints: readonly (string | undefined)[]): number[] {
  const ports = endpoints.flatMap(text => (text === undefined ? [] : (parseEndpoint(text)?.port ?? [])))
  return [...new Set(ports)].toSorted((a, b) => a - b)
}

function factsOf(
  failures: readonly DataFailure[],
  { passive }: FailureContext,
  closed?: PassiveFacts['closed'],
): PassiveFacts {
  const told = failures.flatMap(({ endpoint }) =>
    endpoint === undefined ? [] : (parseEndpoint(endpoint)?.address ?? []),
  )
  const reasons = failures.flatMap(({ because }) => (because ? [because.text] : []))
  const range = passive && `${passive.basePort} to ${passive.basePort + passive.numberOfPorts - 1}`
  return {
    clients: [...new Set(failures.map(({ address }) => address))],
    told: [...new Set(told)],
    reason: reasons[0],
    range: range ?? 'of the passive range',
    closed,
  }
}
