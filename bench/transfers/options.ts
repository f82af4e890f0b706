import { parseArgs } from 'node:util'
import type { DatabaseKind } from '../console/options.ts'
import { BenchError, textOf } from '../errors.ts'

const PARTS = ['speed', 'schedules', 'lists'] as const
const DATABASES: readonly DatabaseKind[] = ['sqlite', 'postgres']

type TransfersPart = (typeof PARTS)[number]

/** What a run of the part of transfers was asked to do. */
export interface TransfersOptions {
  readonly parts: ReadonlySet<TransfersPart>
  readonly databases: ReadonlySet<DatabaseKind>
  /** Due runs of the speed part. */
  readonly runs: number
  /** Runs that are stored, of the lists part. */
  readonly stored: number
  readonly schedules: number
}

export const TRANSFERS_USAGE = `npm run bench -- site-transfers [--part NAME,...] [--on DATABASE,...] [--runs N] [--stored N] [--schedules N]

  --part       ${PARTS.join(', ')} (all)
  --on         ${DATABASES.join(', ')} (both)
  --runs       due runs of one 10 KiB file each (10000)
  --stored     runs that are over, for the lists (100000)
  --schedules  schedules of each minute (1000)`

/** Reads the command line. @throws {BenchError} that names the mistake */
export function readTransfersOptions(argv: readonly string[]): TransfersOptions {
  const values = parse(argv)
  return {
    parts: select('--part', values.part, PARTS),
    databases: select('--on', values.on, DATABASES),
    runs: count('--runs', values.runs),
    stored: count('--stored', values.stored),
    schedules: count('--schedules', values.schedules),
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        part: { type: 'string', default: '' },
        on: { type: 'string', default: '' },
        runs: { type: 'string', default: '10000' },
        stored: { type: 'string', default: '100000' },
        schedules: { type: 'string', default: '1000' },
      },
    }).values
  } catch (error) {
    throw new BenchError(`${textOf(error)}\n\n${TRANSFERS_USAGE}`)
  }
}

function select<const T extends string>(flag: string, list: string, known: readonly T[]): ReadonlySet<T> {
  const names = list.split(',').filter(name => name !== '')
  const unknown = names.find(name => !known.some(one => one === name))
  if (unknown !== undefined) throw new BenchError(`${flag} ${unknown} is not known: use ${known.join(', ')}`)
  return new Set(known.filter(one => names.length === 0 || names.includes(one)))
}

function count(flag: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 10 && number <= 1_000_000) return number
  throw new BenchError(`${flag} ${text} is not allowed: use a whole number from 10 to 1000000`)
}
