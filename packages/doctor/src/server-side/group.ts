import { causeOfBreak } from './broken.ts'
import { causeOfCode } from './causes.ts'
import type { DataFailure, FailureContext, FailureGroup } from './failure.ts'
import { causesOfNobody } from './passive.ts'

/**
 * Groups the data connections of a server that failed by their cause, with the advice: the doctor's server side. Evidence
 * in, verdicts out; nothing is asked and nothing is measured. The cause with the most failures comes first.
 */
export function groupDataFailures(
  failures: readonly DataFailure[],
  context: FailureContext,
): readonly FailureGroup[] {
  const isNobody = (failure: DataFailure) =>
    failure.kind === 'none' && failure.code === 'CHANNEL_ACCEPT_TIMEOUT'
  const ofNobody = causesOfNobody(failures.filter(isNobody), context)
  const causeOf = (failure: DataFailure) => {
    if (failure.kind === 'broken') return causeOfBreak(failure)
    return isNobody(failure) ? ofNobody(failure) : causeOfCode(failure, context)
  }
  const found = failures
    .toSorted((a, b) => b.at - a.at)
    .map(failure => ({ failure, cause: causeOf(failure) }))
  return [...Map.groupBy(found, ({ cause }) => cause.code).values()]
    .flatMap(group => {
      const [newest] = group
      return newest ? [{ ...newest.cause, failures: group.map(({ failure }) => failure) }] : []
    })
    .toSorted((a, b) => b.failures.length - a.failures.length)
}
