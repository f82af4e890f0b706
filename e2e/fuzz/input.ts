import { SCRIPTS } from '../dialogues/index.ts'
import type { Random } from './random.ts'

/** Every line that some dialogue sends, as bytes. */
const LINES: readonly Buffer[] = SCRIPTS.flatMap(({ steps }) =>
  steps.flatMap(step => {
    if ('send' in step) return [Buffer.from(`${step.send}\r\n`, 'utf8')]
    return 'bytes' in step && step.bytes.length < 1_000 ? [Buffer.from(step.bytes, 'latin1')] : []
  }),
)

const LF = 0x0a
const IAC = 0xff
/** Most lines of one input: each may wait a second for a data connection that nobody makes. */
const MOST_LINES = 12

/** What a fuzzing client sends, and how it is cut into packets. */
export interface Input {
  readonly packets: readonly Buffer[]
  /** Lines in it; undefined where telnet sequences make that hard to say. */
  readonly lines: number | undefined
}

/** Bytes without any sense, with a line end now and then. */
export function randomInput(random: Random): Input {
  const bytes = random.bytes(random.below(2_000))
  for (let count = random.below(8); count > 0; count -= 1) bytes[random.below(bytes.length)] = LF
  return finished(random, bytes)
}

/** Lines of dialogues, out of order and damaged. */
export function mutatedInput(random: Random): Input {
  const lines = Array.from({ length: 1 + random.below(MOST_LINES) }, () => {
    let line = random.pick(LINES)
    while (random.chance(40)) line = mutate(random, line)
    return line
  })
  return finished(random, Buffer.concat(lines))
}

function mutate(random: Random, line: Buffer): Buffer {
  const at = random.below(line.length + 1)
  const [head, tail] = [line.subarray(0, at), line.subarray(at)]
  switch (random.below(8)) {
    case 0:
      return Buffer.concat([head, random.bytes(1), tail.subarray(1)])
    case 1:
      return Buffer.concat([head, random.bytes(1 + random.below(4)), tail])
    case 2:
      return Buffer.concat([head, tail.subarray(1 + random.below(4))])
    case 3:
      return Buffer.concat([head, random.pick(LINES)])
    case 4:
      return Buffer.concat([
        head,
        Buffer.alloc(random.below(10_000), random.pick(['a', '/', '../', '0', ' ', '"', ',', '|'])),
        tail,
      ])
    case 5:
      return Buffer.from(
        line
          .toString('latin1')
          .replace(/\d+/, () => random.pick(['0', '-1', '65536', '99999999999999999999', '1e9'])),
        'latin1',
      )
    case 6:
      return Buffer.from(line.toString('latin1').toLowerCase(), 'latin1')
    default:
      return Buffer.concat([line, line])
  }
}

function finished(random: Random, input: Buffer): Input {
  // ABOR counts as a line although its LF is missing: urgent data loses it.
  let bytes = Buffer.from(input.toString('latin1').replace(/ABOR\r(?!\n)/gi, 'ABOR\r\n'), 'latin1')
  const withTelnet = random.chance(25)
  if (!withTelnet) bytes = bytes.map(byte => (byte === IAC ? 0xfe : byte)) as Buffer<ArrayBuffer>
  // The first line end may be swallowed by a telnet sequence that has begun.
  bytes = Buffer.concat([bytes, Buffer.from('\r\n\r\n')])
  const packets: Buffer[] = []
  for (let from = 0; from < bytes.length; ) {
    const length = random.chance(50) ? bytes.length : 1 + random.below(200)
    packets.push(bytes.subarray(from, from + length))
    from += length
  }
  return { packets, lines: withTelnet ? undefined : bytes.filter(byte => byte === LF).length }
}

/** Commands for clients that know what they do, and do it at the wrong time. */
export const SIMPLE_LINES: readonly string[] = [
  'NOOP',
  'PWD',
  'STAT',
  'STAT .',
  'FEAT',
  'HELP',
  'SYST',
  'TYPE A',
  'TYPE I',
  'MODE Z',
  'MODE S',
  'REST 5',
  'REST 0',
  'RANG 1 3',
  'CWD folder',
  'CDUP',
  'CWD nowhere',
  'MKD folder',
  'RMD folder',
  'SIZE a.bin',
  'MDTM a.bin',
  'MLST a.bin',
  'DELE a.bin',
  'RNFR a.bin',
  'RNTO b.bin',
  'HASH a.bin',
  'XCRC a.bin',
  'SITE CHMOD 644 a.bin',
  'SITE WHO',
  'SITE CPFR a.bin',
  'SITE CPTO c.bin',
  'AVBL',
  'DSIZ',
  'ALLO 100',
  'OPTS UTF8 ON',
  'OPTS MLST type;',
  'ABOR',
  'EPSV',
  'PASV',
  'EPRT |1|127.0.0.1|1024|',
  'PORT 127,0,0,1,4,0',
  'PORT 10,0,0,1,4,0',
  'RETR a.bin',
  'STOR a.bin',
  'LIST',
  'FROBNICATE',
  '',
  ' ',
  'USER x',
  'REIN',
]
