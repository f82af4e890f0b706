import type { Figure } from './figures.ts'
import type { Fleet } from './fleet.ts'
import type { LoadPrograms } from './load.ts'
import type { Options } from './options.ts'
import type { Column } from './report.ts'
import type { Workshop } from './servers/server.ts'
import type { Stage } from './stage.ts'
import type { Row } from './works/work.ts'

/** What both halves of a run work with. */
export interface Ground {
  readonly workshop: Workshop
  readonly programs: LoadPrograms
  readonly stage: Stage
  readonly fleet: Fleet
  /** A line for whoever watches. */
  readonly say: (line: string) => void
}

/** What a half has measured: a table. */
interface Outcome {
  readonly columns: readonly Column[]
  readonly works: readonly Row[]
  readonly figures: ReadonlyMap<string, ReadonlyMap<string, Figure>>
  readonly remarks?: readonly string[]
}

/** Servers or clients. */
export interface Half {
  /** Whether the options leave anything of it. */
  isAskedFor(options: Options): boolean
  run(ground: Ground, options: Options): Promise<Outcome>
}

/** Those of a list that were asked for by name; all of them where none was. */
export function chosen<T extends { readonly name: string }>(
  list: readonly T[],
  names: readonly string[],
): T[] {
  return list.filter(one => names.length === 0 || names.includes(one.name))
}

/** What a table needs to know of a server or a client. */
interface Columned extends Pick<Column, 'name' | 'label' | 'role' | 'note'> {
  missing(): string | undefined
  version(): Promise<string>
}

/** Splits those that can run here from what the table says about all. */
export async function lineUp<T extends Columned>(
  kinds: readonly T[],
): Promise<{ readonly present: T[]; readonly columns: Column[] }> {
  const present: T[] = []
  const columns: Column[] = []
  for (const kind of kinds) {
    const { name, label, role, note } = kind
    const missing = kind.missing()
    if (missing === undefined) present.push(kind)
    const version = missing === undefined ? await kind.version() : ''
    columns.push({ name, label, role, note, version, ...(missing === undefined ? {} : { missing }) })
  }
  return { present, columns }
}
