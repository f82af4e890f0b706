import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Io } from '../io.ts'

/** What the commands of the client need besides lines of text. */
export interface ClientIo extends Io {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** The streams and the environment of the process. */
export function clientIo(io: Io): ClientIo {
  return { ...io, env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr }
}

/** The folder of a user's files. */
export function homeOf(env: ClientIo['env']): string {
  return env.HOME || homedir()
}

/** Where settings or state of this user lie, by the XDG base directory specification. */
export function userFolder(env: ClientIo['env'], kind: 'config' | 'state'): string {
  const [name, standard] =
    kind === 'config' ? ['XDG_CONFIG_HOME', '.config'] : ['XDG_STATE_HOME', join('.local', 'state')]
  const given = env[name]
  // The specification: relative paths in these variables are to be ignored.
  const base = given && isAbsolute(given) ? given : join(homeOf(env), standard)
  return join(base, 'portolan')
}
