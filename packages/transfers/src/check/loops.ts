import { posix } from 'node:path'
import type { LocalPlace, PostAction, Step, Transfer, Trigger } from '../model/index.ts'
import { compilePattern } from '../pattern.ts'
import { expandPlaceholders, fileProperties } from '../placeholders.ts'
import { patternProblem, sampleName } from './pattern.ts'
import type { Findings } from './problem.ts'

type FolderTrigger = Extract<Trigger, { place: LocalPlace }>

/** A file that a step makes: in which folder, and under which name when its own was `name`. */
interface Made {
  readonly at: readonly PropertyKey[]
  readonly place: LocalPlace
  readonly name: string
}

/**
 * Refuses steps that put files where the trigger of the same transfer finds them: each run would begin the next one.
 * Tried with one name that fits the pattern, so what depends on the name may be missed.
 */
export function checkLoops(transfer: Transfer, findings: Findings): void {
  const { trigger } = transfer
  if (!('place' in trigger) || patternProblem(trigger.pattern) !== undefined) return
  const sample = sampleName(trigger.pattern)
  if (sample === undefined) return
  const fits = compilePattern(trigger.pattern)
  for (const key of ['steps', 'onFailure'] as const) {
    for (const { at, place, name } of madeBy(transfer[key], key, { place: trigger.place, name: sample })) {
      if (!covers(trigger, place) || !fits(name)) continue
      findings.refuse(
        at,
        `puts ${name} where the trigger of this transfer looks, so each run would begin the next one: choose another folder, or a pattern that leaves it out`,
      )
    }
  }
}

function* madeBy(
  steps: readonly Step[],
  key: string,
  begin: { readonly place: LocalPlace; readonly name: string },
): Generator<Made> {
  let file: { readonly place: LocalPlace; readonly name: string } | undefined = begin
  for (const [index, step] of steps.entries()) {
    const at = [key, index]
    if ('pattern' in step && patternProblem(step.pattern) !== undefined) continue
    if (step.do === 'push') {
      if (step.from) file = { place: step.from, name: sampleName(step.pattern) ?? begin.name }
      if (!file) continue
      for (const end of ['onSuccess', 'onFailure'] as const) {
        const made = after(step[end], [...at, end, 'to'], file)
        if (made) yield made
        if (made && end === 'onSuccess') file = made
      }
    } else if (step.do === 'pull') {
      file = { place: step.to, name: expanded(step.as, sampleName(step.pattern) ?? begin.name) }
      yield { at: [...at, 'to'], ...file }
    } else if (step.do === 'delete') file = undefined
    else if (file) {
      const name = nameAfter(step, file.name)
      if (name === undefined) continue
      yield { at, place: file.place, name }
      if (step.do !== 'checksum-file') file = { place: file.place, name }
    }
  }
}

function nameAfter(step: Step, name: string): string | undefined {
  if (step.do === 'rename') return expanded(step.to, name)
  if (step.do === 'compress') return `${name}.${step.format === 'gzip' ? 'gz' : 'zst'}`
  return step.do === 'checksum-file' ? `${name}.${step.algorithm}` : undefined
}

/** Where a file is after an action; undefined when it stays, or is gone. */
function after(
  action: PostAction,
  at: readonly PropertyKey[],
  { place, name }: { readonly place: LocalPlace; readonly name: string },
): Made | undefined {
  if (action.do === 'rename') return { at, place, name: expanded(action.to, name) }
  return action.do === 'move' ? { at, place: below(place, expanded(action.to, name)), name } : undefined
}

/** What comes of a template; what cannot be expanded is told elsewhere, and its text as good as any other. */
function expanded(template: string, name: string): string {
  try {
    return expandPlaceholders(template, {
      ...fileProperties(name, 0),
      run: 'run',
      transfer: 'transfer',
      attempt: 1,
    })
  } catch {
    return template
  }
}

function below(place: LocalPlace, to: string): LocalPlace {
  if ('user' in place) return { user: place.user, path: posix.resolve(place.path, to) }
  return { folder: posix.resolve(place.folder, to) }
}

/** Whether a trigger looks into a folder. A user's folder and one of the machine may be the same: that is not seen here. */
function covers({ place, subfolders }: FolderTrigger, other: LocalPlace): boolean {
  const [base, path] =
    'user' in place
      ? [place.path, 'user' in other && other.user === place.user ? other.path : undefined]
      : [place.folder, 'folder' in other ? other.folder : undefined]
  if (path === undefined) return false
  const relative = posix.relative(posix.normalize(base), posix.normalize(path))
  return relative === '' || (subfolders && !relative.startsWith('..'))
}
