import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../errors.ts'
import { freePort } from '../../ports.ts'
import { Program } from '../../processes.ts'
import { partPort, type WayGround, type WayKind } from './way.ts'

const PROJECT = join(import.meta.dirname, '..', '..', '..')
const COMMAND = join(PROJECT, 'packages/cli/bin/portolan.mjs')
const CONTROLLER = join(import.meta.dirname, '..', 'controller-program.ts')

/** Agent, edge and connector, a process each, as their commands start them; the controller beside them moves no bytes. */
export const portolan: WayKind = {
  name: 'portolan',
  label: 'Portolan',
  role: 'subject',
  note: 'agent, edge and connector, a process each: two TLS hops with AES-128-GCM, all streams on one connection of each hop; every stream is decided by the policy and written down',
  missing: () => undefined,
  async version() {
    const text = await readFile(join(PROJECT, 'packages/cli/package.json'), 'utf8')
    return /"version": "([^"]+)"/.exec(text)?.[1] ?? '?'
  },
  async start(ground) {
    await using starting = new AsyncDisposableStack()
    const { scratch, server } = ground
    const [edgePort, agentPort] = [await freePort(), await freePort()]
    const dialled = `127.0.0.1:${await partPort(starting, ground, edgePort)}`
    const invitations = await startController(starting, ground, dialled)
    const password = join(scratch, 'password')
    await writeFile(password, 'secret\n', { mode: 0o600 })
    const start = async (part: string, key: string, flags: readonly string[]) => {
      const folder = ['--data', join(scratch, part)]
      const program = starting.use(
        await Program.start(process.execPath, [COMMAND, part, '--key', key, ...folder, ...flags]),
      )
      for (let line = await program.line(); !line?.startsWith('ready '); line = await program.line())
        if (line === undefined) throw new BenchError(`portolan ${part} ended: ${program.errors}`)
      program.drain()
      return program.pid
    }
    const listen = ['--listen', `127.0.0.1:${edgePort}`, '--address', dialled]
    const way = ['--listen', `127.0.0.1:${agentPort}=127.0.0.1:${server}`]
    const pids = [
      await start('edge', invitations.edge, ['--name', 'edge', ...listen]),
      await start('connector', invitations.connector, ['--name', 'connector']),
      await start('agent', invitations.agent, ['--user', 'alice', '--password-file', password, ...way]),
    ]
    const kept = starting.move()
    return { reached: { port: agentPort }, pids, [Symbol.asyncDispose]: () => kept.disposeAsync() }
  },
}

async function startController(
  stack: AsyncDisposableStack,
  { scratch }: WayGround,
  edge: string,
): Promise<{ readonly edge: string; readonly connector: string; readonly agent: string }> {
  const plan = JSON.stringify({ folder: join(scratch, 'store'), edge })
  const program = stack.use(await Program.start(process.execPath, [CONTROLLER, plan]))
  const line = await program.line()
  if (line === undefined) throw new BenchError(`the controller ended: ${program.errors}`)
  program.drain()
  return JSON.parse(line)
}
