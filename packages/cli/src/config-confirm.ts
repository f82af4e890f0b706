import { createInterface } from 'node:readline/promises'
import type { Io } from './io.ts'

/** Where an answer is typed. */
export type AnswerInput = NodeJS.ReadableStream & { readonly isTTY?: boolean }

/** Asks a person; undefined when there is nobody to ask. */
export async function confirm(question: string, io: Io, input: AnswerInput): Promise<boolean | undefined> {
  if (input.isTTY !== true || !io.errIsTerminal) return undefined
  io.err(`${question} [y/N]`)
  using lines = createInterface({ input })
  for await (const line of lines) return /^y(es)?$/i.test(line.trim())
  return false
}
