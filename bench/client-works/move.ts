import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Order, Task } from '../clients/client.ts'
import { PATHS, type Stage } from '../stage.ts'
import { checkFile, checkFolder } from './files.ts'
import type { ClientContext } from './work.ts'

/** A move that is ready to be made; disposing of it removes what it left on either side. */
interface Move extends AsyncDisposable {
  readonly order: Order
  /** The client's HOME. */
  readonly home: string
  /** @throws {BenchError} when not everything arrived */
  check(): Promise<void>
}

/** Makes the folders of one move: for the client alone, as several may be at work. */
export async function prepareMove(context: ClientContext, task: Task): Promise<Move> {
  const { client, stage, host, port, round } = context
  const home = await mkdtemp(join(stage.scratch, `${client.name}-`))
  const names = task.files === 'many' ? await readdir(join(stage.files, PATHS.many)) : []
  const { source, target, remote, local, targetRoot } = await placesOf(stage, client.name, task)
  return {
    home,
    order: { ...task, host, port, names, remote, local, scratch: home },
    check: () =>
      task.files === 'one'
        ? checkFile(target, source, round === 0)
        : checkFolder(target, source, round === 0),
    async [Symbol.asyncDispose]() {
      for (const path of [home, targetRoot]) await rm(path, { recursive: true, force: true })
    },
  }
}

interface Places {
  /** What is moved and where it has to be afterwards, as paths of this machine. */
  readonly source: string
  readonly target: string
  /** What the client is told. */
  readonly remote: string
  readonly local: string
  /** The folder to remove. */
  readonly targetRoot: string
}

async function placesOf(stage: Stage, name: string, { direction, files }: Task): Promise<Places> {
  const path = files === 'one' ? PATHS.big : PATHS.many
  const source = join(stage.files, path)
  const targetRoot = await mkdtemp(join(direction === 'down' ? stage.downloads : stage.uploads, `${name}-`))
  const target = files === 'one' ? join(targetRoot, 'big.bin') : join(targetRoot, 'many')
  if (files === 'many') await mkdir(target)
  if (direction === 'down') return { source, target, targetRoot, remote: path, local: target }
  // Servers that drop their rights after the login write as another user.
  await chmod(targetRoot, 0o777)
  if (files === 'many') await chmod(target, 0o777)
  return { source, target, targetRoot, remote: target.slice(stage.files.length), local: source }
}
