import { openSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ReadStream } from 'node:tty'
import { UserError } from '../user-error.ts'
import type { ClientIo } from './client-io.ts'

/**
 * Asks for a password on the terminal, without showing it: on that of the process when standard input is something else,
 * such as the bytes to upload. Undefined when there is no terminal.
 *
 * @throws {UserError} when Ctrl-C or the end of input was typed in its place
 */
export async function promptPassword(io: ClientIo, question: string): Promise<string | undefined> {
  if (!io.errIsTerminal) return undefined
  const terminal = io.stdin.isTTY ? undefined : openTerminal()
  if (!io.stdin.isTTY && !terminal) return undefined
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    using lines = createInterface({ input: terminal ?? io.stdin, output: nowhere, terminal: true })
    io.stderr.write(question)
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    lines.once('line', resolve)
    lines.once('close', () => resolve(undefined))
    lines.once('SIGINT', () => {
      // While readline has the terminal, Ctrl-C is a key and no signal.
      process.emit('SIGINT', 'SIGINT')
      resolve(undefined)
    })
    const answer = await promise
    io.stderr.write('\n')
    if (answer === undefined) throw new UserError('No password was typed')
    return answer
  } finally {
    terminal?.destroy()
  }
}

function openTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r'))
  } catch {
    return undefined
  }
}
