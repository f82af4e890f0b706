import type { Because } from '@portolan/channels'
import { FtpError } from '../errors.ts'
import { compareFiles } from './compare.ts'
import { checkName, fileOfPart } from './names.ts'
import { type CompareBy, KIND_NAMES, type LinkRule } from './options.ts'
import type { Selection } from './selection.ts'
import { type TreeEntry, within } from './tree.ts'

/** What is to be done about one entry. Each of the source is in exactly one step. */
export type PlanStep =
  /** Make the folder where it is `missing`, and go into it. */
  | { readonly do: 'enter'; readonly source: TreeEntry; readonly missing: boolean; readonly because: Because }
  | {
      readonly do: 'transfer'
      readonly source: TreeEntry
      readonly target: TreeEntry | undefined
      readonly because: Because
    }
  /** Transfer it unless the checksums are equal. */
  | {
      readonly do: 'ask'
      readonly source: TreeEntry
      readonly target: TreeEntry
      readonly because: Because
    }
  | { readonly do: 'link'; readonly source: TreeEntry; readonly because: Because }
  | { readonly do: 'keep'; readonly source: TreeEntry; readonly because: Because }
  | { readonly do: 'skip'; readonly source: TreeEntry; readonly because: Because }
  | { readonly do: 'fail'; readonly source: TreeEntry; readonly error: FtpError }
  /** Remove what stands in the way, then do the same as for a missing one. */
  | {
      readonly do: 'replace'
      readonly source: TreeEntry
      readonly target: TreeEntry
      readonly because: Because
    }
  /** The source does not have it. */
  | { readonly do: 'delete'; readonly target: TreeEntry; readonly because: Because }
  /** It stays in the target although the source does not have it, so that the folder cannot go. */
  | { readonly do: 'protect'; readonly target: TreeEntry }

/** By what the plan of a folder is made. */
export interface PlanRules {
  /** Of the folder, below the root. */
  readonly path: string
  readonly selection: Selection
  readonly compare: CompareBy
  readonly links: LinkRule
  readonly delete: boolean
  /** What two names have in common that are one in the target. */
  fold(name: string): string
  /** @throws {FtpError} for a name that the target cannot have */
  check(name: string): void
}

/** Plans one folder: what it holds in the source and in the target comes in, what is to be done goes out. Links to follow were followed. */
export function planFolder(
  source: readonly TreeEntry[],
  target: readonly TreeEntry[],
  rules: PlanRules,
): PlanStep[] {
  const there = new Map(target.map(entry => [rules.fold(entry.name), entry]))
  const seen = new Map<string, string>()
  const steps: PlanStep[] = []
  for (const entry of source) {
    const key = rules.fold(entry.name)
    const step = planEntry(entry, there.get(key), seen.get(key), rules)
    if (!seen.has(key)) seen.set(key, entry.name)
    steps.push(step)
  }
  const transferred = new Set(steps.map(step => (step.do === 'transfer' ? step.source.name : undefined)))
  for (const entry of target) {
    if (!seen.has(rules.fold(entry.name))) steps.push(planExtra(entry, transferred, rules))
  }
  return steps
}

function planEntry(
  source: TreeEntry,
  target: TreeEntry | undefined,
  sameName: string | undefined,
  rules: PlanRules,
): PlanStep {
  const path = within(rules.path, source.name)
  try {
    rules.check(source.name)
  } catch (error) {
    if (error instanceof FtpError) return { do: 'fail', source, error }
    throw error
  }
  if (fileOfPart(source.name) !== undefined)
    return skip(source, 'part', 'it is part of a transfer that has not finished')
  const leftOut = rules.selection.leftOut(path, source.kind === 'folder')
  if (leftOut === 'excluded') return skip(source, 'excluded', 'it is excluded')
  if (leftOut) return skip(source, 'not-included', 'no pattern includes it')
  if (sameName !== undefined) return { do: 'fail', source, error: twice(source.name, sameName) }
  return planKind(source, target, rules)
}

function planKind(source: TreeEntry, target: TreeEntry | undefined, rules: PlanRules): PlanStep {
  if (source.kind === 'link') {
    if (rules.links === 'skip') return skip(source, 'link', 'links are skipped')
    if (rules.links === 'follow') return skip(source, 'dangling', 'it points to nothing')
    if (target?.kind === 'link' && target.target === source.target)
      return keep(source, 'same-target', 'it points to the same')
    if (target && target.kind !== 'link') return conflict(source, target, rules)
    return { do: 'link', source, because: { code: 'link', text: 'links are made again' } }
  }
  if (source.kind === 'other' || source.kind === 'unknown')
    return skip(source, 'special', `it is ${KIND_NAMES[source.kind]}`)
  if (target && target.kind !== source.kind) return conflict(source, target, rules)
  if (source.kind === 'folder') {
    const because = target
      ? { code: 'there', text: 'it is in the target' }
      : { code: 'new', text: 'the target does not have it' }
    return { do: 'enter', source, missing: target === undefined, because }
  }
  if (!target)
    return {
      do: 'transfer',
      source,
      target,
      because: { code: 'new', text: 'the target does not have it' },
    }
  const { kind, because } = compareFiles(source, target, rules.compare)
  if (kind === 'unchanged') return { do: 'keep', source, because }
  return kind === 'ask' ? { do: 'ask', source, target, because } : { do: 'transfer', source, target, because }
}

function conflict(source: TreeEntry, target: TreeEntry, rules: PlanRules): PlanStep {
  const text = `${KIND_NAMES[source.kind]}, and ${KIND_NAMES[target.kind]} in the target`
  if (rules.delete)
    return { do: 'replace', source, target, because: { code: 'kind-differs', text: `it is ${text}` } }
  const error = new FtpError(
    'FTP_LOCAL',
    `In the source, ${within(rules.path, source.name)} is ${text}; with delete the one takes the place of the other.`,
    { phase: 'local' },
  )
  return { do: 'fail', source, error }
}

/** What only the target has. */
function planExtra(
  target: TreeEntry,
  transferred: ReadonlySet<string | undefined>,
  rules: PlanRules,
): PlanStep {
  const path = within(rules.path, target.name)
  const file = fileOfPart(target.name)
  // The part of a file that is about to be transferred is what the transfer goes on with.
  if (file !== undefined && transferred.has(file)) return { do: 'protect', target }
  if (rules.selection.leftOut(path, target.kind === 'folder') !== undefined) return { do: 'protect', target }
  try {
    checkName(target.name)
  } catch {
    return { do: 'protect', target }
  }
  return { do: 'delete', target, because: { code: 'extra', text: 'the source does not have it' } }
}

function skip(source: TreeEntry, code: string, text: string): PlanStep {
  return { do: 'skip', source, because: { code, text } }
}

function keep(source: TreeEntry, code: string, text: string): PlanStep {
  return { do: 'keep', source, because: { code, text } }
}

function twice(name: string, first: string): FtpError {
  const text =
    name === first
      ? `The name ${JSON.stringify(name)} is listed twice: the first is taken.`
      : `The names ${JSON.stringify(name)} and ${JSON.stringify(first)} are one in the target: the first is taken.`
  return new FtpError('FTP_NAME', text, { phase: 'local' })
}
