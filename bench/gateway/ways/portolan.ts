import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../errors.ts'
import { freePort } from '../../ports.ts'
import { Program } from '../../processes.ts'
import { partPort, type WayGround, type WayKind } from './way.ts'

const PROJECT = join(import.meta.dirname, '..', '..', '..')
const COMMAND = join(PROJECT, 'packages/cli/bin/portolan.mjs')
const EDGE = join(import.meta.dirname, '..', 'edge-program.ts')
const CONTROLLER = join(import.meta.dirname, '..', 'controller-program.ts')

/** Agent, edge and connector, a process each: agent and connector by their commands, the edge with wider bounds for one agent; the controller beside them moves no bytes. */
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
    const start = (part: string, key: string, flags: readonly string[]) =>
      begin(part, [COMMAND, part, '--key', key, '--data', join(scratch, part), ...flags])
    const begin = async (part: string, args: readonly string[]) => {
      const program = starting.use(await Program.start(process.execPath, args))
      for (let line = await program.line(); !line?.startsWith('ready '); line = await program.line())
        if (line === undefined) throw new BenchError(`portolan ${part} ended: ${program.errors}`)
      program.drain()
      return program.pid
    }
    const edge = { invitation: invitations.edge, port: edgePort, address: dialled }
    const way = ['--socks', `127.0.0.1:${agentPort}`]
    const pids = [
      await begin('edge', [EDGE, JSON.stringify({ folder: join(scratch, 'edge'), ...edge })]),
      await start('connector', invitations.connector, ['--name', 'connector']),
      await start('agent', invitations.agent, ['--user', 'alice', '--password-file', password, ...way]),
    ]
    const kept = starting.move()
    return {
      reached: { port: agentPort, socks: server },
      pids,
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    }
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
