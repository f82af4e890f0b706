import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Namespace } from '../lab/network/namespaces.ts'
import { within } from '../support/within.ts'
import { SERVER } from './network.ts'

/** No transfer takes longer, in milliseconds. */
const LIMIT_MS = 30_000

/** A server as a transfer needs it. */
export interface Target {
  readonly label: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** The account's `/`, on disk. */
  readonly files: string
  /** The final replies to the transfers of that file, as the server's own log has them. */
  replies(name: string): Promise<readonly number[]>
}

export type Direction = 'upload' | 'download'

/** A curl that transfers a file. */
export interface Transfer extends Disposable {
  readonly target: Target
  readonly direction: Direction
  /** At the server. */
  readonly name: string
  /** Where the bytes come to. */
  readonly file: string
  /** How many bytes have come there. */
  arrived(): Promise<number>
  /** What curl has said so far. */
  errors(): string
  /** Resolves when curl has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>
}

export interface TransferOptions {
  readonly target: Target
  readonly direction: Direction
  readonly name: string
  /** What is uploaded, or where a download goes to. */
  readonly local: string
  readonly bytesPerSecond?: number
}

/** Starts curl at the user's, which knows nothing of the agent. */
export async function startTransfer(
  user: Namespace,
  { target, direction, name, local, bytesPerSecond = 0 }: TransferOptions,
): Promise<Transfer> {
  const before = await sizeUnder(target.files)
  const [program = '', ...launch] = user.launcher
  const args = [
    ...[...launch, 'curl', '-sS', '-u', `${target.user}:${target.password}`],
    ...['--limit-rate', `${bytesPerSecond}`, '--max-time', `${LIMIT_MS / 1_000}`],
    ...[direction === 'upload' ? '-T' : '-o', local, `ftp://${SERVER}:${target.port}/${name}`],
  ]
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = once(child, 'close').then(() => ({ code: child.exitCode, stderr }))
  return {
    ...{ target, direction, name },
    file: direction === 'upload' ? join(target.files, name) : local,
    arrived: async () =>
      direction === 'upload' ? (await sizeUnder(target.files)) - before : await sizeOf(local),
    errors: () => stderr,
    ended: within(closed, LIMIT_MS + 5_000, `the end of curl for ${name}`),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

/** How long a file is; 0 without one. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** Of all files: a server may give an upload its name when it is whole. */
async function sizeUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  const sizes = await Promise.all(files.map(entry => sizeOf(join(entry.parentPath, entry.name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The final replies to transfers of a file in vsftpd's log of its protocol. */
export async function repliesOfVsftpd(log: string, name: string): Promise<number[]> {
  const replies: number[] = []
  const asked = new Set<string>()
  for (const line of (await readFile(log, 'utf8')).split('\n')) {
    const [, session = '', command, argument, reply] =
      /\[pid (\d+)\].*? FTP (?:command: Client "[^"]*", "(\w+) ?([^"]*)"|response: Client "[^"]*", "(\d{3}))/.exec(
        line,
      ) ?? []
    if (command === 'STOR' || command === 'RETR') {
      if (argument === name) asked.add(session)
    } else if (reply !== undefined && !reply.startsWith('1') && asked.delete(session))
      replies.push(Number(reply))
  }
  return replies
}
