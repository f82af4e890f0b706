import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Longest run of a program that nobody gave a limit, in milliseconds. */
const LIMIT_MS = 20_000
/** Most bytes that are kept of each output; what comes after is read and dropped. */
const MAX_OUTPUT = 4 * 1024 * 1024
/** Where Debian puts programs, whatever PATH a test was started with. */
const FOLDERS = ['/usr/bin', '/usr/sbin', '/bin', '/sbin']

export type ProgramErrorCode = 'PROGRAM_MISSING' | 'PROGRAM_TIMEOUT' | 'PROGRAM_FAILED'

/** A program that could not be started, took too long or failed. The message holds the end of what it printed. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError'
  readonly code: ProgramErrorCode

  constructor(code: ProgramErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** How a program ended and what it printed. */
export interface ProgramResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Given to the program's standard input, which then ends. */
  readonly input?: string
  /** Milliseconds after which the program is killed; default 20,000. */
  readonly limitMs?: number
  readonly cwd?: string
  /** What starts it, such as `ip netns exec NAME`; default nothing. */
  readonly launcher?: readonly string[]
  /** Beside PATH, a UTF-8 locale and UTC; nothing else of this process's environment reaches the program. */
  readonly env?: Readonly<Record<string, string>>
}

/** Where a program is, or undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...FOLDERS, ...(process.env.PATH ?? '').split(delimiter)]
  return folders.map(folder => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Runs a program to its end, without a shell.
 *
 * The environment is a clean one: proxies, locale and settings files of whoever runs the tests must not change them.
 *
 * @throws {ProgramError} `PROGRAM_MISSING`, or `PROGRAM_TIMEOUT` after it was killed
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { launcher, ...options }: RunOptions = {},
): Promise<ProgramResult> {
  const [first, ...rest] = launcher ?? []
  if (first !== undefined) return runProgram(first, [...rest, program, ...args], options)
  const { input = '', limitMs = LIMIT_MS, cwd, env = {} } = options
  const path = program.includes('/') ? program : findProgram(program)
  if (path === undefined) throw new ProgramError('PROGRAM_MISSING', `${program} is not installed`)
  const child = spawn(path, args, {
    stdio: 'pipe',
    env: {
      PATH: process.env.PATH ?? FOLDERS.join(delimiter),
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
      ...env,
    },
    ...(cwd !== undefined && { cwd }),
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  // A program that ends before it has read its input is judged by its exit code.
  child.stdin.on('error', () => {})
  child.stdin.end(input)

  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
    // What the program started may live on and hold the outputs open.
    child.stdout.destroy()
    child.stderr.destroy()
  }, limitMs)
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', error => {
    reject(new ProgramError('PROGRAM_MISSING', `${path} cannot be run: ${error.message}`, { cause: error }))
  })
  child.once('close', resolve)
  try {
    const code = await promise
    const result = { code, stdout: stdout(), stderr: stderr() }
    if (!late) return result
    throw new ProgramError('PROGRAM_TIMEOUT', `${program} took over ${limitMs} ms\n${tail(result)}`)
  } finally {
    clearTimeout(timer)
  }
}

/** Hands on a result whose exit code is 0. @throws {ProgramError} `PROGRAM_FAILED` with the end of the output */
export function mustSucceed(program: string, result: ProgramResult): ProgramResult {
  if (result.code === 0) return result
  throw new ProgramError('PROGRAM_FAILED', `${program} ended with ${result.code}\n${tail(result)}`)
}

/** The last lines of both outputs, for a message. */
function tail({ stdout, stderr }: ProgramResult): string {
  return `${stdout}${stderr}`.split('\n').slice(-40).join('\n')
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    if (size >= MAX_OUTPUT) return
    chunks.push(chunk.subarray(0, MAX_OUTPUT - size))
    size += chunk.length
  })
  return () => Buffer.concat(chunks).toString('utf8')
}
