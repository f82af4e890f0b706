import { posix } from 'node:path'
import type { LocalPlace, PostAction, Step, Transfer } from '../model/index.ts'
import { unknownName } from './names.ts'
import { belowProblem, pathProblem } from './paths.ts'
import { patternProblem } from './pattern.ts'
import type { Findings } from './problem.ts'
import type { Templates } from './templates.ts'

/** What steps are judged against. */
export interface StepsContext {
  readonly sites: readonly string[]
  /** Names of the programs that may be run. */
  readonly programs: readonly string[]
  readonly users?: readonly string[]
  readonly templates: Templates
  readonly findings: Findings
}

/** The files that a step finds: those of the steps before, or none, and why. */
type Files = 'some' | { readonly none: string }

const NO_FILES = 'needs files, and there are none yet'

/** Judges the steps of a transfer and those of its failure, in order. */
export function checkSteps(transfer: Transfer, context: StepsContext): void {
  const begin = filesOfCause(transfer)
  let files: Files = begin
  let ever: Files = begin
  for (const [index, step] of transfer.steps.entries()) {
    files = checkStep(step, ['steps', index], files, context)
    if (files === 'some') ever = 'some'
  }
  // Which step has failed is not known, so its files may be any of those.
  files = ever
  for (const [index, step] of transfer.onFailure.entries()) {
    files = checkStep(step, ['onFailure', index], files, context)
  }
}

function filesOfCause({ trigger, schedule }: Transfer): Files {
  if (trigger.on !== 'arrival' && trigger.on !== 'watch') return { none: NO_FILES }
  if (schedule === undefined) return 'some'
  return { none: `${NO_FILES}: a run of the schedule has no file of the trigger` }
}

/** Answers the files that the step leaves. */
function checkStep(step: Step, at: readonly PropertyKey[], files: Files, context: StepsContext): Files {
  if ('site' in step) {
    const problem = unknownName('site', step.site, context.sites)
    if (problem !== undefined) context.findings.refuse([...at, 'site'], problem)
  }
  if ('pattern' in step) {
    const problem = patternProblem(step.pattern)
    if (problem !== undefined) context.findings.refuse([...at, 'pattern'], problem)
  }
  switch (step.do) {
    case 'push':
      return checkPush(step, at, files, context)
    case 'pull':
      return checkPull(step, at, context)
    case 'rename':
      context.templates.check([...at, 'to'], step.to, { judge: belowProblem })
      return needFiles(at, files, context)
    case 'delete':
      needFiles(at, files, context)
      return {
        none: `needs files, and ${at[0] === 'steps' ? 'step' : 'step of failure'} ${Number(at[1]) + 1} has deleted them`,
      }
    case 'compress':
    case 'checksum-file':
      return needFiles(at, files, context)
    default:
      checkTelling(step, at, context)
      return files
  }
}

function needFiles(at: readonly PropertyKey[], files: Files, { findings }: StepsContext): Files {
  if (files !== 'some') findings.refuse([...at, 'do'], files.none)
  return files
}

function checkPush(
  step: Extract<Step, { do: 'push' }>,
  at: readonly PropertyKey[],
  files: Files,
  context: StepsContext,
): Files {
  const { findings, templates } = context
  if (step.from) checkPlace(step.from, [...at, 'from'], context)
  else if (files !== 'some') findings.refuse([...at, 'from'], `${files.none}: say where they come from`)
  templates.check([...at, 'to'], step.to, { more: ['site'], judge: pathProblem })
  templates.check([...at, 'as'], step.as, { more: ['site'], judge: belowProblem })
  checkLocalAction(step.onSuccess, [...at, 'onSuccess'], context)
  checkLocalAction(step.onFailure, [...at, 'onFailure'], context)
  if (step.onFailure.do === 'delete') {
    findings.refuse(
      [...at, 'onFailure', 'do'],
      'would delete a file that was not delivered: move it, or leave it',
    )
  }
  checkRemoteAction(step.remoteOnSuccess, [...at, 'remoteOnSuccess'], step.to, context)
  if (step.remoteOnSuccess.do === 'delete') {
    findings.warn([...at, 'remoteOnSuccess', 'do'], 'deletes at the partner what was just delivered')
  }
  if (step.onSuccess.do !== 'delete') return 'some'
  return { none: `needs files, and step ${Number(at[1]) + 1} deletes them once they are delivered` }
}

function checkPull(
  step: Extract<Step, { do: 'pull' }>,
  at: readonly PropertyKey[],
  context: StepsContext,
): Files {
  const { findings, templates } = context
  const from = pathProblem(step.from)
  if (from !== undefined) findings.refuse([...at, 'from'], from)
  checkPlace(step.to, [...at, 'to'], context)
  templates.check([...at, 'as'], step.as, { more: ['site'], judge: belowProblem })
  checkLocalAction(step.onSuccess, [...at, 'onSuccess'], context)
  if (step.onSuccess.do === 'delete') {
    findings.refuse(
      [...at, 'onSuccess', 'do'],
      'would delete what was just fetched: it is remoteOnSuccess that deletes at the partner',
    )
  }
  checkRemoteAction(step.remoteOnSuccess, [...at, 'remoteOnSuccess'], step.from, context)
  checkRemoteAction(step.remoteOnFailure, [...at, 'remoteOnFailure'], step.from, context)
  if (step.remoteOnFailure.do === 'delete') {
    findings.refuse(
      [...at, 'remoteOnFailure', 'do'],
      'would delete a file that was not fetched: move it, or leave it',
    )
  }
  if (step.remember === 'always' && step.remoteOnSuccess.do === 'nothing') {
    findings.warn(
      [...at, 'remember'],
      'fetches the same files each time: nothing takes them away at the partner',
    )
  }
  return 'some'
}

function checkTelling(
  step: Step,
  at: readonly PropertyKey[],
  { templates, findings, programs }: StepsContext,
): void {
  if (step.do === 'mail') {
    templates.check([...at, 'subject'], step.subject, {
      judge: text => (/[\r\n]/.test(text) ? 'must be one line' : undefined),
    })
    templates.check([...at, 'text'], step.text)
  } else if (step.do === 'program') {
    const problem = unknownName('program', step.program, programs)
    if (problem !== undefined)
      findings.refuse([...at, 'program'], `${problem}; programs are allowed in the settings`)
    for (const [index, argument] of step.arguments.entries()) {
      templates.check([...at, 'arguments', index], argument, {
        judge: text => (text.includes('\0') ? 'must not hold NUL' : undefined),
      })
    }
  }
}

/** Judges a place of this server. */
export function checkPlace(
  place: LocalPlace,
  at: readonly PropertyKey[],
  { users, findings }: Pick<StepsContext, 'users' | 'findings'>,
): void {
  const [key, path] = 'user' in place ? ['path', place.path] : ['folder', place.folder]
  const problem = path.split('/').includes('..') ? 'must be written without ..' : pathProblem(path)
  if (problem !== undefined) findings.refuse([...at, key], problem)
  if (!('user' in place) || users === undefined) return
  const unknown = unknownName('user', place.user, users, false)
  if (unknown !== undefined) findings.refuse([...at, 'user'], unknown)
}

/** A folder is one beside the file, or begins at the root of the user or the machine: what may be written is asked there. */
function checkLocalAction(action: PostAction, at: readonly PropertyKey[], { templates }: StepsContext): void {
  if (action.do === 'move') templates.check([...at, 'to'], action.to, { judge: withoutControls })
  if (action.do === 'rename') templates.check([...at, 'to'], action.to, { judge: belowProblem })
}

/** A folder is one beside the file, and must not lead out of that of the site. */
function checkRemoteAction(
  action: PostAction,
  at: readonly PropertyKey[],
  folder: string,
  { templates }: StepsContext,
): void {
  if (action.do === 'move') {
    const judge = (to: string) => pathProblem(to.startsWith('/') ? to : posix.join(folder, to))
    templates.check([...at, 'to'], action.to, { judge })
  }
  if (action.do === 'rename') templates.check([...at, 'to'], action.to, { judge: belowProblem })
}

const withoutControls = (path: string) =>
  /[\r\n\0]/.test(path) ? 'must not hold line ends or NUL' : undefined
