import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { type ClientIo, userFolder } from '../client-io.ts'
import type { CommonFlags } from '../client-run.ts'
import { CLIENT_EXIT } from '../exit-codes.ts'
import { listenForInterrupt } from '../interrupt.ts'
import { printable } from '../printable.ts'
import { findCommand, SHELL_COMMANDS } from './command-table.ts'
import { complete } from './completion.ts'
import { HISTORY_SIZE, readHistory, writeHistory } from './history.ts'
import { Shell } from './shell.ts'

/** The flags of `portolan shell`. */
export interface ShellFlags extends CommonFlags {
  readonly keepGoing?: boolean
}

/** `portolan shell [URL]`: with a person at the terminal, or line by line from standard input. */
export async function runShell(url: string | undefined, flags: ShellFlags, io: ClientIo): Promise<number> {
  await using shell = await Shell.start(io, flags)
  if (url !== undefined) {
    using interrupt = listenForInterrupt({ onFirst: () => shell.stop() })
    const code = await shell.open(url)
    const interactive = io.stdin.isTTY === true
    // Whoever sits there may try another one.
    if (code !== CLIENT_EXIT.done && !interactive) return interrupt.exitCode ?? code
  }
  // Awaited here: the shell stands until then.
  return await (io.stdin.isTTY ? converse(shell, io) : runScript(shell, flags, io))
}

/** Lines from a pipe or file. Ends at the first failure, with its exit code. */
async function runScript(shell: Shell, flags: ShellFlags, io: ClientIo): Promise<number> {
  using interrupt = listenForInterrupt({ onFirst: () => shell.stop() })
  using lines = createInterface({ input: io.stdin })
  let worst: number = CLIENT_EXIT.done
  for await (const line of lines) {
    const code = await shell.line(line)
    if (interrupt.exitCode !== undefined) return interrupt.exitCode
    if (code !== CLIENT_EXIT.done) {
      if (!flags.keepGoing) return code
      worst = CLIENT_EXIT.failed
    }
    if (shell.left) break
  }
  return worst
}

/** Lines from a person. */
async function converse(shell: Shell, io: ClientIo): Promise<number> {
  const path = join(userFolder(io.env, 'state'), 'history')
  let history = readHistory(path)
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const waiting: string[] = []
  let running = false
  let closed = false
  using lines = createInterface({
    input: io.stdin,
    output: io.stdout,
    terminal: true,
    history: [...history],
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
      void completeIn(shell, line).then(result => done(null, result))
    },
  })
  const next = async () => {
    if (running) return
    running = true
    for (let line = waiting.shift(); line !== undefined && !shell.left; line = waiting.shift())
      await shell.line(line)
    running = false
    if (shell.left || closed) end()
    else ask(lines, shell)
  }
  lines.on('history', (kept: string[]) => {
    history = kept
  })
  lines.on('line', line => {
    waiting.push(line)
    void next()
  })
  // In raw mode Ctrl-C is a key, and comes here rather than as a signal.
  lines.on('SIGINT', () => {
    waiting.length = 0
    if (running) shell.stop()
    else clearLine(lines, io, shell)
  })
  // Ctrl-D: what runs comes to its end first.
  lines.on('close', () => {
    closed = true
    if (!running) end()
  })
  ask(lines, shell)
  await ended
  writeHistory(path, history)
  if (!shell.left) io.out('')
  return CLIENT_EXIT.done
}

function ask(lines: Interface, { place }: Shell): void {
  lines.setPrompt(`${printable(place.title)}> `.trimStart())
  lines.prompt()
}

function clearLine(lines: Interface, io: ClientIo, shell: Shell): void {
  // To the end, and then away to the left: what readline has of the line has to go as well.
  lines.write(null, { ctrl: true, name: 'e' })
  io.stdout.write('^C\n')
  lines.write(null, { ctrl: true, name: 'u' })
  ask(lines, shell)
}

async function completeIn({ place }: Shell, line: string): Promise<[string[], string]> {
  const commands = SHELL_COMMANDS.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]))
  try {
    return await complete(line, {
      commands: commands.filter(name => name !== '?'),
      completes: command => findCommand(command)?.completes,
      remoteNames: async folder => (place.remote ? place.names.names(place.remote.client, folder) : []),
      cwd: place.cwd,
    })
  } catch {
    return [[], line]
  }
}
