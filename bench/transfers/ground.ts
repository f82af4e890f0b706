import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startPostgres } from '@portolan/store/testing'
import { serveConsole, setUp } from '../../e2e/support/console.ts'
import { makeScratch } from '../../e2e/support/scratch.ts'
import { type Desk, openDesk } from '../../e2e/transfers/desk.ts'
import type { DatabaseKind } from '../console/options.ts'
import { writeSettings } from '../console/stand.ts'

/** A store that is filled first and served then. */
export interface Ground extends AsyncDisposable {
  /** A folder of this machine for files. */
  readonly files: string
  readonly desk: Desk
  /** Starts the node, with one worker. It ends with the ground. */
  serve(): Promise<{ readonly url: string; readonly api: Awaited<ReturnType<typeof setUp>> }>
}

/** Makes a store without a node. */
export async function makeGround(on: DatabaseKind): Promise<Ground> {
  await using making = new AsyncDisposableStack()
  const { path } = making.use(await makeScratch())
  const folder = join(path, 'data')
  const files = join(path, 'files')
  await mkdir(files)
  await writeSettings(folder)
  const database = on === 'postgres' ? making.use(await startPostgres()).url : undefined
  const desk = making.use(await openDesk({ folder, ...(database !== undefined && { database }) }))
  const kept = making.move()
  return {
    files,
    desk,
    async serve() {
      const args = database === undefined ? [] : ['--database', database]
      const node = kept.use(await serveConsole(args, { cwd: path }))
      return { url: node.url, api: await setUp(node) }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
