import { formatPath, type PathParts } from '@portolan/settings'
import type { LocalPlace, Step, Transfer } from '@portolan/transfers/model'
import type { FieldProblem } from '../../contract/index.ts'
import type { TransfersOfNode } from '../../node/transfers/node-transfers.ts'
import { PlaceError } from '../../node/transfers/places.ts'

/** A place of this server that a transfer names, and what it needs there. */
interface NamedPlace {
  readonly path: PathParts
  readonly place: LocalPlace
  readonly need: 'read' | 'write'
}

/** The places that a transfer names. */
export function placesOf({ trigger, steps, onFailure }: Transfer): NamedPlace[] {
  const ofTrigger: NamedPlace[] =
    'place' in trigger ? [{ path: ['trigger', 'place'], place: trigger.place, need: 'read' }] : []
  const ofSteps = (list: readonly Step[], name: string) =>
    list.flatMap((step, index) => placesOfStep(step, [name, index]))
  return [...ofTrigger, ...ofSteps(steps, 'steps'), ...ofSteps(onFailure, 'onFailure')]
}

function placesOfStep(step: Step, path: PathParts): NamedPlace[] {
  if (step.do === 'pull') return [{ path: [...path, 'to'], place: step.to, need: 'write' }]
  if (step.do !== 'push' || step.from === undefined) return []
  return [{ path: [...path, 'from'], place: step.from, need: 'read' }]
}

/**
 * What is wrong with the places of a transfer. Folders of the machine have to be there; what a user may do, and has, can
 * change any time, so it is told and not refused.
 */
export async function placeProblems(
  transfer: Transfer,
  transfers: Pick<TransfersOfNode, 'resolve'>,
): Promise<{ problems: FieldProblem[]; warnings: FieldProblem[] }> {
  const problems: FieldProblem[] = []
  const warnings: FieldProblem[] = []
  for (const { path, place, need } of placesOf(transfer)) {
    try {
      await transfers.resolve(place, need)
    } catch (error) {
      if (!(error instanceof PlaceError)) throw error
      const found = 'folder' in place ? problems : warnings
      found.push({ path: formatPath(path), message: error.message })
    }
  }
  return { problems, warnings }
}
