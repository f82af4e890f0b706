import { parseArgs } from 'node:util'
import { BenchError } from '../errors.ts'

/** The parts of the console's table. */
const PARTS = ['login', 'lists', 'page', 'memory', 'live'] as const
const DATABASES = ['sqlite', 'postgres'] as const

type Part = (typeof PARTS)[number]
export type DatabaseKind = (typeof DATABASES)[number]

/** What a run of the console's part was asked to do. */
export interface ConsoleOptions {
  readonly parts: ReadonlySet<Part>
  readonly databases: ReadonlySet<DatabaseKind>
  /** Rows of the log of transfers; the other logs are a part of it. */
  readonly rows: number
  readonly users: number
  /** Sessions of the live part. */
  readonly sessions: number
  /** Whether everything was measured as large as it should be. */
  readonly whole: boolean
}

export const CONSOLE_USAGE = `npm run bench -- console [--part NAME,...] [--on DATABASE,...] [--rows N] [--users N] [--sessions N]

  --part       ${PARTS.join(', ')} (all)
  --on         ${DATABASES.join(', ')} (both)
  --rows       rows of the log of transfers (1000000)
  --users      users of the store (10000)
  --sessions   live sessions (1000)`

/** Reads the command line. @throws {BenchError} that names the mistake */
export function readConsoleOptions(argv: readonly string[]): ConsoleOptions {
  const values = parse(argv)
  const chosen = {
    parts: select('--part', values.part, PARTS),
    databases: select('--on', values.on, DATABASES),
    rows: count('--rows', values.rows, 10_000_000),
    users: count('--users', values.users, 100_000),
    sessions: count('--sessions', values.sessions, 5_000),
  }
  const whole =
    argv.length === 0 || (chosen.parts.size === PARTS.length && chosen.databases.size === DATABASES.length)
  return { ...chosen, whole: whole && chosen.rows >= 1_000_000 && chosen.users >= 10_000 }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        part: { type: 'string', multiple: true, default: [] },
        on: { type: 'string', multiple: true, default: [] },
        rows: { type: 'string', default: '1000000' },
        users: { type: 'string', default: '10000' },
        sessions: { type: 'string', default: '1000' },
      },
    }).values
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : String(error)}\n\n${CONSOLE_USAGE}`)
  }
}

function select<const T extends string>(
  flag: string,
  lists: readonly string[],
  known: readonly T[],
): ReadonlySet<T> {
  const names = lists.flatMap(list => list.split(',')).filter(name => name !== '')
  if (names.length === 0) return new Set(known)
  return new Set(
    names.map(name => {
      const found = known.find(one => one === name)
      if (found === undefined) throw new BenchError(`${flag} ${name} is not known: use ${known.join(', ')}`)
      return found
    }),
  )
}

function count(flag: string, text: string, most: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 100 && number <= most) return number
  throw new BenchError(`${flag} ${text} is not allowed: use a whole number from 100 to ${most}`)
}
