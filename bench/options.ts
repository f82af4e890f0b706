import { parseArgs } from 'node:util'
import { BenchError } from './errors.ts'

/** What a run was asked to do. */
export interface Options {
  /** How often each timed work is done with each server or client. */
  readonly rounds: number
  /** Which of the two tables are made. */
  readonly halves: { readonly servers: boolean; readonly clients: boolean }
  /** Names of servers and clients; empty: all. */
  readonly only: readonly string[]
  /** Names of works; empty: all. */
  readonly work: readonly string[]
  /** Small files, one round, and nothing written under bench/results. */
  readonly quick: boolean
  readonly help: boolean
}

export const USAGE = `npm run bench -- [--servers] [--clients] [--rounds N] [--only NAME,...] [--work NAME,...] [--quick]
npm run bench -- console [--help]
npm run bench -- site-transfers [--help]
npm run bench -- gateway [--help]

  --servers    the table of the servers; neither or both: both tables
  --clients    the table of the clients
  --rounds N   how often each work is done with each server or client (3)
  --only       servers and clients, separated by commas; a table without any of them is left out
  --work       works, separated by commas; a name that ends in * stands for all that begin so
  --quick      small files and one round, to see whether everything runs; its figures mean nothing`

/** The most rounds: a run of them takes about an hour. */
const MOST_ROUNDS = 20

/**
 * Reads the command line.
 *
 * @throws {BenchError} that names the mistake and what is allowed
 */
export function readOptions(
  argv: readonly string[],
  known: { readonly names: readonly string[]; readonly works: readonly string[] },
): Options {
  const { servers, clients, rounds, only, work, quick, help } = parse(argv)
  return {
    rounds: roundsOf(rounds ?? (quick ? '1' : '3')),
    halves: { servers: servers || !clients, clients: clients || !servers },
    only: select('--only', only, known.names),
    work: select('--work', work, known.works),
    quick,
    help,
  }
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        servers: { type: 'boolean', default: false },
        clients: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        work: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  }
}

function roundsOf(text: string): number {
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS) {
    throw new BenchError(`--rounds ${text} is not allowed: use a whole number from 1 to ${MOST_ROUNDS}`)
  }
  return rounds
}

function select(flag: string, lists: readonly string[], known: readonly string[]): string[] {
  const chosen = lists.flatMap(list => list.split(',')).filter(name => name !== '')
  return chosen.flatMap(name => {
    const matches = name.endsWith('*')
      ? known.filter(one => one.startsWith(name.slice(0, -1)))
      : known.filter(one => one === name)
    if (matches.length === 0) throw new BenchError(`${flag} ${name} is not known: use ${known.join(', ')}`)
    return matches
  })
}
