import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Dialogue } from './dialogue.ts'
import { freePorts } from './ports.ts'
import type { ProgramResult } from './programs.ts'
import { makeScratch } from './scratch.ts'

/** A folder that goes when the test is over. */
export async function folderOf(t: TestContext): Promise<string> {
  const scratch = await makeScratch()
  t.after(() => scratch[Symbol.asyncDispose]())
  return scratch.path
}

/** `--passive-ports` with a range of its own, so that tests can run side by side. */
export async function portFlags(): Promise<string[]> {
  const { basePort, numberOfPorts } = await freePorts(4)
  return ['--passive-ports', `${basePort}:${numberOfPorts}`]
}

/** Something the person has to put right: exit code 2, words on standard error, nothing else. */
export function assertRefused({ code, stdout, stderr }: ProgramResult, ...says: readonly RegExp[]): void {
  assert.equal(code, 2, stderr)
  assert.equal(stdout, '')
  assert.doesNotMatch(stderr, /^\s+at /m, 'a stack trace')
  for (const say of says) assert.match(stderr, say)
}

/** Beside the log, if it had begun. */
export function assertOneLine({ stderr }: ProgramResult): void {
  const lines = stderr.split('\n').filter(line => line !== '' && !line.startsWith('{"level"'))
  assert.equal(lines.length, 1, stderr)
}

export async function logIn(port: number, user: string, password: string): Promise<Dialogue> {
  const dialogue = await Dialogue.begin({ host: '127.0.0.1', port })
  await dialogue.logIn(user, password)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}
