import assert from 'node:assert/strict'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRow } from '@portolan/store'
import type { PostAction, SiteInput, TransferInput } from '@portolan/transfers'
import { UID } from '../../bench/servers/server.ts'
import type { LabServer } from '../lab/servers/start.ts'
import { addressAndUser } from './partner-site.ts'

/** Runs of the load; the files of each are its own. */
export const RUNS = 200
const PULLS = 20
const LARGE_PUSHES = 12
const SMALL = 60_000
const LARGE = 3_000_000
/** Bytes per second of each node: slow enough that deaths fall into the middle of files, large and small. */
const BANDWIDTH = { quick: 800_000, slow: 5_000_000 }

const AFTERS = ['keep', 'delete', 'move'] as const
type After = (typeof AFTERS)[number]

/** Files to be sent and fetched, what is to become of them, and whether it has. */
export interface KillLoad {
  readonly sites: readonly SiteInput[]
  /** Each with the files of its runs, or none for a pull: one run each. The names of the files begin with that of the transfer behind `push-`. */
  readonly transfers: readonly { readonly definition: TransferInput; readonly files: readonly string[] }[]
  /** Every file is where it belongs, once, and nothing else is anywhere. @throws {AssertionError} */
  check(): Promise<void>
}

/**
 * Makes the files.
 * @param here - a folder of this machine: out, sent and in are made there
 */
export async function makeKillLoad(here: string, partner: LabServer): Promise<KillLoad> {
  for (const name of ['out', 'sent', 'in']) await mkdir(join(here, name), { recursive: true })
  const pushes = new Map<string, { hash: string; after: After; large: boolean }>()
  for (let index = 0; index < RUNS - PULLS; index++) {
    const large = index % Math.floor(RUNS / LARGE_PUSHES) === 0
    const after: After = AFTERS[index % 3] ?? 'keep'
    const name = `${after}-${sizeName(large)}-${index}.bin`
    pushes.set(name, { after, large, hash: await fill(join(here, 'out', name), large ? LARGE : SMALL) })
  }
  const pulls = new Map<string, string>()
  for (let index = 0; index < PULLS; index++) {
    const folder = join(partner.files, `fetch-${index}`)
    await mkdir(folder)
    await chown(folder, UID, UID)
    for (const part of ['a', 'b']) {
      const name = `pull-${index}-${part}.bin`
      pulls.set(name, await fill(join(folder, name), index % 7 === 0 ? LARGE : SMALL))
      await chown(join(folder, name), UID, UID)
    }
  }

  const actions: Readonly<Record<After, PostAction>> = {
    keep: { do: 'nothing' },
    delete: { do: 'delete' },
    move: { do: 'move', to: join(here, 'sent') },
  }
  const pushFrom = (after: After, large: boolean) => ({
    definition: {
      name: `push-${after}-${sizeName(large)}`,
      steps: [{ do: 'push' as const, site: large ? 'slow' : 'quick', onSuccess: actions[after] }],
    },
    files: [...pushes]
      .filter(([, push]) => push.after === after && push.large === large)
      .map(([name]) => join(here, 'out', name)),
  })
  return {
    sites: [
      { name: 'quick', ...addressAndUser(partner), connections: 4, bandwidth: BANDWIDTH.quick, ...IMPATIENT },
      { name: 'slow', ...addressAndUser(partner), connections: 3, bandwidth: BANDWIDTH.slow, ...IMPATIENT },
    ],
    transfers: [
      ...AFTERS.flatMap(after => [pushFrom(after, true), pushFrom(after, false)]),
      ...Array.from({ length: PULLS }, (_, index) => ({
        definition: {
          name: `pull-${index}`,
          steps: [
            {
              ...{ do: 'pull' as const, site: index % 7 === 0 ? 'slow' : 'quick', from: `fetch-${index}` },
              ...{ to: { folder: join(here, 'in') }, quietSeconds: 0 },
              remoteOnSuccess: { do: 'delete' as const },
            },
          ],
        },
        files: [],
      })),
    ],
    async check() {
      const delivered = new Map([...pushes].map(([name, { hash }]) => [name, hash]))
      const kept = [...pushes].filter(([, { after }]) => after === 'keep')
      const moved = [...pushes].filter(([, { after }]) => after === 'move')
      const folders = Array.from({ length: PULLS }, (_, index) => `fetch-${index}`)
      await assertFolder(partner.files, delivered, folders)
      for (const folder of folders) await assertFolder(join(partner.files, folder), new Map())
      await assertFolder(join(here, 'in'), pulls)
      await assertFolder(join(here, 'out'), new Map(kept.map(([name, { hash }]) => [name, hash])))
      await assertFolder(join(here, 'sent'), new Map(moved.map(([name, { hash }]) => [name, hash])))
      await assertOnce(partner, [...pushes.keys()], [...pulls.keys()])
    },
  }
}

const IMPATIENT = {
  timeouts: { connect: 10, reply: 20, idle: 10, completion: 20 },
  retry: { attempts: 100, first: 0.2, factor: 1, ceiling: 1, jitter: 0.5 },
} as const

const sizeName = (large: boolean) => (large ? 'large' : 'small')

/** @returns the SHA-256 of what was written */
async function fill(path: string, most: number): Promise<string> {
  const content = randomBytes(most - randomInt(most >> 2))
  await writeFile(path, content)
  return hashOf(content)
}

const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

/** Exactly these files are there, with what they hold. Temporary ones that were left would be too many. */
async function assertFolder(
  folder: string,
  expected: ReadonlyMap<string, string>,
  folders: readonly string[] = [],
): Promise<void> {
  const names = await readdir(folder)
  assert.deepEqual(names.sort(), [...expected.keys(), ...folders].sort(), folder)
  for (const [name, hash] of expected)
    assert.equal(hashOf(await readFile(join(folder, name))), hash, join(folder, name))
}

/** By the partner's own log: each file was given its final name once, nothing was stored under one, what was fetched was deleted once. */
async function assertOnce(
  { protocolLog = '' }: LabServer,
  pushed: readonly string[],
  fetched: readonly string[],
): Promise<void> {
  const log = await readFile(protocolLog, 'utf8')
  const count = (pattern: RegExp) => {
    const counts = new Map<string, number>()
    for (const [, name = ''] of log.matchAll(pattern)) counts.set(name, (counts.get(name) ?? 0) + 1)
    return counts
  }
  const renamed = count(/OK RENAME: Client "[^"]*", "\S+ \/([^"]+)"/g)
  const stored = count(/FTP command: Client "[^"]*", "(?:STOR|APPE) \/?([^"]+)"/g)
  const deleted = count(/OK DELETE: Client "[^"]*", "\/fetch-\d+\/([^"]+)"/g)
  assert.deepEqual(
    pushed.filter(name => renamed.get(name) !== 1).map(name => `${name}: ${renamed.get(name)} times`),
    [],
    'files that were given their final names',
  )
  assert.deepEqual(
    pushed.filter(name => stored.has(name)),
    [],
    'files that were stored under their final names',
  )
  assert.deepEqual(
    fetched.filter(name => deleted.get(name) !== 1).map(name => `${name}: ${deleted.get(name)} times`),
    [],
    'files that were deleted at the partner',
  )
}

/** Those that did not succeed, in words. */
export const failuresOf = (
  rows: readonly Pick<RunRow, 'transfer' | 'state' | 'error'>[],
): readonly string[] =>
  rows
    .filter(({ state }) => state !== 'succeeded')
    .map(({ transfer, state, error }) => `${transfer} ${state}: ${error?.text}`)
