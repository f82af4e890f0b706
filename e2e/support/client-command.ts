import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runPortolan } from './command.ts'
import { type Embedded, type EmbeddedOptions, PASSWORD, startEmbedded } from './embedded.ts'
import type { ProgramResult } from './programs.ts'
import { makeScratch } from './scratch.ts'

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/portolan.mjs', import.meta.url))
/** A child that is watched must not outlive a test that hangs. In milliseconds. */
const LIMIT_MS = 30_000

/** How a command is run. */
interface CommandOptions {
  readonly input?: string
  /** Beside HOME and the password. */
  readonly env?: Readonly<Record<string, string>>
  /** {@link ClientCommand.start} alone: on a terminal of its own, made by `script` of util-linux. */
  readonly terminal?: boolean
}

/** The client's command at a server, in a folder and with a home of its own. */
export interface ClientCommand extends AsyncDisposable {
  readonly server: Embedded
  /** Where the command runs. */
  readonly cwd: string
  /** HOME of the command. */
  readonly home: string
  /** What the user has on the server. */
  readonly files: string
  readonly user: string
  /** A URL of the server with the user, without a password. */
  url(path?: string): string
  run(args: readonly string[], options?: CommandOptions): Promise<ProgramResult>
  /** Starts it to be watched: signals, pipes. */
  start(args: readonly string[], options?: CommandOptions): Watched
  /** Writes a file for the server to have. */
  serve(name: string, content: string | Buffer): Promise<void>
  /** Reads a file where the command runs. */
  read(name: string): Promise<string>
}

/** A command that runs. */
interface Watched {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Its exit code. */
  readonly ended: Promise<number | null>
  /** Types at it. */
  type(text: string): void
  /** Resolves once standard output or error shows a text. @throws {Error} when it ends before */
  shows(pattern: RegExp): Promise<void>
}

/** Starts a server and prepares a home. The password is in the environment of every command, unless `env` says otherwise. */
export async function startClientCommand(user: string, options?: EmbeddedOptions): Promise<ClientCommand> {
  await using starting = new AsyncDisposableStack()
  const server = starting.use(await startEmbedded(options))
  const scratch = starting.use(await makeScratch())
  const [cwd, home, files] = [join(scratch.path, 'cwd'), join(scratch.path, 'home'), server.home(user)]
  for (const folder of [cwd, home, files]) await mkdir(folder, { recursive: true })
  const { host, port } = server.at()
  const envOf = (env = {}) => ({ HOME: home, PORTOLAN_PASSWORD: PASSWORD, ...env })
  const kept = starting.move()
  return {
    server,
    cwd,
    home,
    files,
    user,
    url: (path = '') => `ftp://${user}@${host}:${port}/${path}`,
    run: (args, { input, env } = {}) =>
      runPortolan(args, { cwd, env: envOf(env), ...(input !== undefined && { input }) }),
    start: (args, { env, terminal = false } = {}) => watch(args, terminal, { cwd, env: envOf(env) }),
    serve: (name, content) => writeFile(join(files, name), content),
    read: name => readFile(join(cwd, name), 'utf8'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function watch(
  args: readonly string[],
  terminal: boolean,
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
): Watched {
  const words = [process.execPath, COMMAND, ...args]
  const [program, ...rest] = terminal
    ? ['script', '-qec', words.map(word => `'${word}'`).join(' '), '/dev/null']
    : words
  const child = spawn(program ?? '', rest, {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC', TERM: 'xterm', ...env },
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  const texts = { stdout: '', stderr: '' }
  const news = new EventEmitter()
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
      news.emit('text')
    })
  child.stdin.on('error', () => {})
  const ended = once(child, 'close').then(() => {
    clearTimeout(timer)
    news.emit('text')
    return child.exitCode
  })
  const both = () => texts.stdout + texts.stderr
  return {
    child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    ended,
    type: text => void child.stdin.write(text),
    async shows(pattern) {
      while (!pattern.test(both())) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`portolan ${args[0]} ended without ${pattern}: ${both()}`)
        await once(news, 'text')
      }
    },
  }
}
