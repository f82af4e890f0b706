import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { findProgram } from './programs.ts'
import { makeScratch } from './scratch.ts'
import { until } from './within.ts'

const STOP_MS = 5_000

/** What haproxy stands before. */
export interface ProxyPlan {
  /** Address it listens at. */
  readonly front: string
  /** Address of the server. */
  readonly back: string
  /** Address from which it connects to the server. */
  readonly source: string
  /** The PROXY protocol header it sends. */
  readonly header: 'v1' | 'v2' | 'none'
  readonly control: { readonly front: number; readonly back: number }
  /** Ports that are passed on under their own numbers. */
  readonly passive: { readonly basePort: number; readonly numberOfPorts: number }
}

/** Where haproxy is, or undefined when it is not installed. */
export const haproxyProgram = (): string | undefined => findProgram('haproxy')

/** Starts haproxy before one server, and waits until it accepts. @throws {Error} with what it said when it does not */
export function startHaproxy(plan: ProxyPlan): Promise<AsyncDisposable> {
  return runHaproxy(configuration(plan), { host: plan.front, port: plan.control.front })
}

/**
 * Runs haproxy with a configuration, and waits until it accepts at one of its addresses.
 * @throws {Error} with what it said when it does not
 */
export async function runHaproxy(
  configured: string,
  front: { readonly host: string; readonly port: number },
): Promise<AsyncDisposable> {
  const program = haproxyProgram()
  if (program === undefined) throw new Error('haproxy is not installed')
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await makeScratch())
  const file = join(path, 'haproxy.cfg')
  await writeFile(file, configured)
  const child = spawn(program, ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000)
    })
  }
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'exit').finally(() => process.off('exit', kill))
  starting.defer(async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(kill, STOP_MS)
    await exited
    clearTimeout(timer)
  })
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`haproxy ended with ${child.exitCode}: ${said}`)
    return (await accepts(front.host, front.port)) || `haproxy does not listen: ${said}`
  })
  const kept = starting.move()
  return { [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

function configuration({ front, back, source, header, control, passive }: ProxyPlan): string {
  const send = { v1: 'send-proxy', v2: 'send-proxy-v2', none: '' }[header]
  const last = passive.basePort + passive.numberOfPorts - 1
  return `
global
  maxconn 1000
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen control
  bind ${front}:${control.front}
  server ftp ${back}:${control.back} source ${source} ${send}
listen passive
  bind ${front}:${passive.basePort}-${last}
  server ftp ${back} source ${source} ${send}
`
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
