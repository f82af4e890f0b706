import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Io } from './io.ts'
import { EXIT, UserError } from './user-error.ts'

/** Where a password is typed, or comes from. */
export type PasswordInput = NodeJS.ReadableStream & { readonly isTTY?: boolean }

/** `portolan hash-password`: the hash of a password, for `password` of a user. Asks for it on a terminal, else reads a line. */
export async function printPasswordHash(io: Io, input: PasswordInput = process.stdin): Promise<number> {
  const password = await readPassword(io, input)
  if (password === '')
    throw new UserError('hash-password needs a password: type one, or pass one line on standard input')
  const { hashPassword } = await import('@portolan/server')
  io.out(await hashPassword(password))
  return EXIT.ok
}

async function readPassword(io: Io, input: PasswordInput): Promise<string> {
  const isTerminal = input.isTTY === true
  if (isTerminal) io.err('Password (not shown):')
  // With a terminal, readline does the echo itself: into nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  using lines = createInterface({ input, output: nowhere, terminal: isTerminal })
  for await (const line of lines) return line
  return ''
}
