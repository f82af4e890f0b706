import { resolve } from 'node:path'
import {
  explainSettings,
  formatProblem,
  loadSettings,
  type StoredSettings,
  settingsJsonSchema,
} from '@portolan/settings'
import { isThere } from './config-store.ts'
import type { ServeFlags } from './flags.ts'
import type { Io } from './io.ts'
import { planSettings, type StorePlace } from './serve-plan.ts'
import { EXIT } from './user-error.ts'

/** `portolan config check FILE`: every mistake of a settings file, or that there is none. */
export async function checkConfig(file: string, io: Io): Promise<number> {
  const { warnings } = await loadSettings({ file: resolve(io.cwd, file) })
  for (const problem of warnings) io.err(`warning: ${formatProblem(problem)}`)
  io.out(warnings.length === 0 ? `${file}: no mistakes` : `${file}: no mistakes, ${countOf(warnings.length)}`)
  return EXIT.ok
}

const countOf = (warnings: number) => (warnings === 1 ? '1 warning' : `${warnings} warnings`)

/** `portolan config show`: every setting in force, and whether it comes from a flag, the store, the file or the defaults. */
export async function showConfig(ask: { folder?: string; flags: ServeFlags }, io: Io): Promise<number> {
  const { settings, origins, warnings } = await planSettings(ask, io.cwd, readStore)
  for (const problem of warnings) io.err(`warning: ${formatProblem(problem)}`)
  const rows = explainSettings(settings, origins)
  const wide = (of: (row: (typeof rows)[number]) => string) => Math.max(...rows.map(row => of(row).length))
  const pathWidth = Math.min(
    wide(row => row.path),
    48,
  )
  const originWidth = wide(row => row.origin)
  for (const { path, value, origin } of rows) {
    io.out(`${origin.padEnd(originWidth)}  ${path.padEnd(pathWidth)}  ${value}`)
  }
  return EXIT.ok
}

/** What the store says, where there is one. */
async function readStore(place: StorePlace): Promise<StoredSettings | undefined> {
  if (!(await isThere(place))) return undefined
  const [{ readStoredSettings }, { openStore }] = await Promise.all([
    import('@portolan/console'),
    import('@portolan/store'),
  ])
  await using store = await openStore({ ...place, as: 'tool' })
  return await readStoredSettings(store)
}

/** `portolan config schema`: the JSON Schema of a settings file. */
export function printSchema(io: Io): number {
  io.out(JSON.stringify(settingsJsonSchema(), null, 2))
  return EXIT.ok
}
