import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startPostgres } from '@portolan/store/testing'
import { type ApiClient, type ServedConsole, serveConsole, setUp } from '../../e2e/support/console.ts'
import { freePorts } from '../../e2e/support/ports.ts'
import { makeScratch } from '../../e2e/support/scratch.ts'
import { type Amount, FILED, fillStore, STORED } from './fill.ts'
import type { DatabaseKind } from './options.ts'

/** A node with its console, and somebody signed in to it. */
export interface Stand extends AsyncDisposable {
  readonly node: ServedConsole
  readonly api: ApiClient
}

/** Starts a node on a store with so much in it, with one worker. */
export async function startStand(on: DatabaseKind, amount: Amount): Promise<Stand> {
  await using started = new AsyncDisposableStack()
  const { path: cwd } = started.use(await makeScratch())
  const folder = join(cwd, 'data')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const postgres = on === 'postgres' ? started.use(await startPostgres()) : undefined
  const database = postgres?.url
  const password = await fillStore({ folder, ...(database !== undefined && { database }) }, amount)
  // Autovacuum does it within minutes of so many new rows.
  await postgres?.query('analyze', postgres.url)
  for (const name of [STORED, FILED]) await mkdir(join(folder, 'files', name), { recursive: true })
  const users = `users: [{ name: ${FILED}, home: files/${FILED}, password: '${password}' }]\n`
  await writeSettings(folder, users)
  const args = database === undefined ? [] : ['--database', database]
  const node = started.use(await serveConsole(args, { cwd }))
  const api = await setUp(node)
  const owned = started.move()
  return { node, api, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Writes a settings file whose limits are above what is measured. */
export async function writeSettings(folder: string, more = ''): Promise<void> {
  const { basePort, numberOfPorts } = await freePorts(200)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const text = `passive: { basePort: ${basePort}, numberOfPorts: ${numberOfPorts} }
tls: { selfSigned: true }
server: { dataFolder: . }
limits: { sessionsPerAddress: 0 }
${more}`
  await writeFile(join(folder, 'portolan.yaml'), text)
}
