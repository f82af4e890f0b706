import { KNOWN_PROPERTIES } from '../conditions/known-properties.ts'
import type { Transfer } from '../model/index.ts'
import { checkTemplate, expandPlaceholders, FILE_PLACEHOLDERS } from '../placeholders.ts'
import type { Findings } from './problem.ts'

/** What stands for something in every template of a run. */
const OF_EVERY_RUN = [...FILE_PLACEHOLDERS, 'run', 'transfer', 'attempt']

/** Judges the templates of one transfer: which placeholders they may have follows from what its runs begin by. */
export class Templates {
  readonly #known: readonly string[]
  /** Who asks for a run may give properties of any name. */
  readonly #isOpen: boolean
  readonly #findings: Findings

  constructor({ trigger, schedule }: Pick<Transfer, 'trigger' | 'schedule'>, findings: Findings) {
    this.#known = [...OF_EVERY_RUN, ...propertiesOfCause(trigger.on, schedule !== undefined)]
    this.#isOpen = trigger.on === 'request' && schedule === undefined
    this.#findings = findings
  }

  /**
   * @param more - what stands for something at this place alone
   * @param judge - looks at the text that comes of it
   */
  check(
    path: readonly PropertyKey[],
    template: string,
    {
      more = [],
      judge,
    }: { readonly more?: readonly string[]; judge?(text: string): string | undefined } = {},
  ): void {
    const known = [...this.#known, ...more]
    const given = this.#isOpen ? [...known, ...placeholdersOf(template)] : known
    const problem = checkTemplate(template, given)
    if (problem !== undefined) {
      this.#findings.refuse(path, problem)
      return
    }
    const text = expandPlaceholders(template, Object.fromEntries(given.map(key => [key, sampleOf(key)])))
    const wrong = judge?.(text)
    if (wrong !== undefined) {
      this.#findings.refuse(path, text === template ? wrong : `${wrong}; it becomes something like ${text}`)
      return
    }
    const open = this.#isOpen ? checkTemplate(template, known) : undefined
    if (open !== undefined) this.#findings.warn(path, `${open}; it works when it is given with the request`)
  }
}

/** The properties that all runs of such a transfer have. */
export function propertiesOfCause(on: Transfer['trigger']['on'], hasSchedule: boolean): string[] {
  return KNOWN_PROPERTIES.filter(
    known => known.on === undefined || (!hasSchedule && known.on.includes(on)),
  ).map(({ name }) => name)
}

function placeholdersOf(template: string): string[] {
  const plain = template.replaceAll(/\{\{|\}\}/g, '')
  return [...plain.matchAll(/\{([^{}]+)\}/g)].flatMap(([, key]) => (key === undefined ? [] : [key]))
}

/** A value of the kind that a placeholder has: what matters is where its slashes are. */
function sampleOf(key: string): string {
  if (key === 'folder' || key === 'file.folder') return '/folder'
  return key === 'file.path' ? '/folder/name' : key
}
