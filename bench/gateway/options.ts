import { parseArgs } from 'node:util'
import { BenchError, textOf } from '../errors.ts'
import { type StreamsOptions, WAY_NAMES } from './streams.ts'
import { streamWorks } from './works.ts'

const PARTS = ['policy', 'streams'] as const
type GatewayPart = (typeof PARTS)[number]

/** What a run of the part of the gateway was asked to do. */
export interface GatewayOptions extends StreamsOptions {
  readonly parts: ReadonlySet<GatewayPart>
}

export const GATEWAY_USAGE = `npm run bench -- gateway [--part NAME,...] [--only NAME,...] [--work NAME,...] [--rounds N] [--quick]

  --part      ${PARTS.join(', ')} (both)
  --only      ways of streams: ${WAY_NAMES.join(', ')} (all)
  --work      works of streams: ${streamWorks.map(({ name }) => name).join(', ')} (all)
  --rounds N  how often each work is done with each way (3)
  --quick     little data and one round, to see whether everything runs; its figures mean nothing`

/** Reads the command line. @throws {BenchError} that names the mistake */
export function readGatewayOptions(argv: readonly string[]): GatewayOptions {
  const { part, only, work, rounds, quick } = parse(argv)
  const count = Number(rounds ?? (quick ? 1 : 3))
  if (!Number.isInteger(count) || count < 1 || count > 20)
    throw new BenchError(`--rounds ${rounds} is not allowed: use a whole number from 1 to 20`)
  const parts = PARTS.filter(one => select('--part', part, PARTS).includes(one))
  return {
    parts: new Set(parts.length === 0 ? PARTS : parts),
    only: select('--only', only, WAY_NAMES),
    work: select(
      '--work',
      work,
      streamWorks.map(({ name }) => name),
    ),
    rounds: count,
    quick,
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        part: { type: 'string', default: '' },
        only: { type: 'string', default: '' },
        work: { type: 'string', default: '' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new BenchError(`${textOf(error)}\n\n${GATEWAY_USAGE}`)
  }
}

function select(flag: string, list: string, known: readonly string[]): readonly string[] {
  const names = list.split(',').filter(name => name !== '')
  const unknown = names.find(name => !known.includes(name))
  if (unknown !== undefined) throw new BenchError(`${flag} ${unknown} is not known: use ${known.join(', ')}`)
  return names
}
