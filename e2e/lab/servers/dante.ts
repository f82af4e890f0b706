import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Program } from '../../../bench/processes.ts'
import { findProgram } from '../../support/programs.ts'
import { makeScratch } from '../../support/scratch.ts'
import { endWithThisProcess } from '../cleanup.ts'
import { untilListening } from './listening.ts'

export interface DanteOptions {
  /** The IPv4 address that clients dial. */
  readonly host: string
  readonly port: number
  /** The IPv4 address that it dials from. */
  readonly from: string
}

/** Why dante cannot run here, for `skip` of a test; with CI=true always `false`, so that the test fails instead. */
export function skipDante(): string | false {
  if (process.env.CI === 'true') return false
  if (process.getuid?.() !== 0) return 'dante changes its user and needs root'
  return findProgram('danted') === undefined && 'danted is not installed (Debian package dante-server)'
}

/** Starts Debian's SOCKS server, which lets everybody connect and nobody listen. */
export async function startDante({ host, port, from }: DanteOptions): Promise<AsyncDisposable> {
  const danted = findProgram('danted')
  if (danted === undefined) throw new Error('danted is not installed')
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await makeScratch())
  const file = join(path, 'danted.conf')
  await writeFile(file, configuration({ host, port, from }))
  endWithThisProcess()
  const program = starting.use(await Program.start(danted, ['-f', file, '-p', join(path, 'danted.pid')]))
  await untilListening(program, host, port)
  program.drain()
  const kept = starting.move()
  return { [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

const configuration = ({ host, port, from }: DanteOptions) => `
logoutput: stderr
internal: ${host} port = ${port}
external: ${from}
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 command: connect }
`
