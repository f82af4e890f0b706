import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../ports.ts'
import { Program, run } from '../../processes.ts'
import { partPort, untilListening, type WayKind } from './way.ts'

/** Two hops without TLS: what relaying costs by itself. */
export const haproxy: WayKind = {
  name: 'haproxy',
  label: 'haproxy',
  role: 'peer',
  note: 'mode tcp, two processes one behind the other, no TLS',
  missing: () =>
    spawnSync('haproxy', ['-v']).status === 0 ? undefined : 'needs "haproxy": apt-get install haproxy',
  version: async () => /version (\S+)/.exec(await run('haproxy', ['-v']))?.[1] ?? '?',
  async start(ground) {
    await using starting = new AsyncDisposableStack()
    const [near, far] = [await freePort(), await freePort()]
    const pids: number[] = []
    const hop = async (name: string, port: number, to: number) => {
      const file = join(ground.scratch, `${name}.cfg`)
      await writeFile(file, configuration(port, to))
      const program = starting.use(await Program.start('haproxy', ['-db', '-f', file]))
      await untilListening(port, program)
      pids.push(program.pid)
    }
    await hop('far', far, ground.server)
    await hop('near', near, await partPort(starting, ground, far))
    const kept = starting.move()
    return { reached: { port: near }, pids, [Symbol.asyncDispose]: () => kept.disposeAsync() }
  },
}

const configuration = (port: number, to: number) => `global
  maxconn 6000
defaults
  mode tcp
  timeout connect 10s
  timeout client 1h
  timeout server 1h
listen hop
  bind 127.0.0.1:${port}
  server next 127.0.0.1:${to}
`
