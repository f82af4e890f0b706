import { randomBytes } from 'node:crypto'
import type { SecureVersion } from 'node:tls'

/** What a client sends. */
export const CONTENT = randomBytes(100_000)
/** What had the name before. */
const OLD = randomBytes(30_000)

/** A command that receives a file, and what it means for the name. */
interface Way {
  readonly name: string
  /** The file that is there before; absent: none. */
  readonly before?: Buffer
  /** What comes before the command, if anything. */
  readonly rest?: number
  /** The command, without its argument. */
  readonly command: 'STOR' | 'APPE' | 'STOU'
  /** What has to stand under the name when the client sends {@link CONTENT} whole. */
  readonly after: Buffer
  /** Whether the same user can go on with what came. */
  readonly resumable: boolean
}

/** Bytes of {@link OLD} that REST keeps. */
const REST = 20_000

const WAYS: readonly Way[] = [
  { name: 'STOR', command: 'STOR', after: CONTENT, resumable: true },
  { name: 'STOR over a file', command: 'STOR', before: OLD, after: CONTENT, resumable: true },
  {
    name: 'REST and STOR',
    command: 'STOR',
    before: OLD,
    rest: REST,
    after: Buffer.concat([OLD.subarray(0, REST), CONTENT]),
    resumable: true,
  },
  { name: 'APPE', command: 'APPE', before: OLD, after: Buffer.concat([OLD, CONTENT]), resumable: true },
  { name: 'STOU', command: 'STOU', after: CONTENT, resumable: false },
]

/** How the connections are protected; undefined: not at all. */
export const SECURITIES: readonly { readonly name: string; readonly version: SecureVersion | undefined }[] = [
  { name: 'in the clear', version: undefined },
  { name: 'under TLS 1.2', version: 'TLSv1.2' },
  { name: 'under TLS 1.3', version: 'TLSv1.3' },
]

/** How much has come when it happens. */
const STAGES = [
  { name: 'before the first byte', bytes: 0 },
  { name: 'in the middle', bytes: CONTENT.length / 2 },
  { name: 'after the last byte', bytes: CONTENT.length },
] as const

/** One upload that breaks, or does not. */
export interface Case {
  readonly name: string
  /** The file's path, in a folder of its own. */
  readonly file: string
  readonly way: Way
  readonly version: SecureVersion | undefined
  readonly bytes: number
}

/** Every way, security and stage; `what` goes into the names. @param onlyTls - leaves out those in the clear */
export function casesOf(what: string, { onlyTls = false } = {}): Case[] {
  return WAYS.flatMap(way =>
    SECURITIES.filter(({ version }) => version !== undefined || !onlyTls).flatMap(security =>
      STAGES.map(stage => {
        const name = `${way.name} ${security.name}, ${stage.name}`
        const folder = `${what} ${name}`.replaceAll(/[^A-Za-z0-9]+/g, '-')
        return { name, file: `${folder}/upload.bin`, way, version: security.version, bytes: stage.bytes }
      }),
    ),
  )
}
