import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from './client.ts'

const SIZE = 300_000
const HALF = 150_000

/** Names of the three files, and whether they have bytes. The last has what breaks quoting, URLs and encodings. */
const FILES = [
  { name: 'random.bin', size: SIZE },
  { name: 'empty.bin', size: 0 },
  { name: `Grüße "an" Zoë's Blatt.bin`, size: SIZE },
] as const
const PLAIN = FILES[0].name
const ODD = FILES[2].name
const RENAMED = `50% größer, "neu".bin`

/** Transfers and listings of one walk: two or three up, one list, three down, one resumed each way. */
export function walkTransfers(emptyUpload: boolean): number {
  return emptyUpload ? 9 : 8
}

/** Where a walk takes place. */
export interface Place {
  /** The row's folder as the client names it, from the user's `/`. */
  readonly folder: string
  /** The same folder on the server's disk. */
  readonly disk: string
  /** A folder of the client's side. */
  readonly local: string
  /** False: the empty file is put onto the server's disk, since the client cannot upload one. */
  readonly emptyUpload: boolean
}

/**
 * Uploads, lists, downloads, resumes both ways, renames and deletes, and compares the bytes on both sides after each
 * step. At the end the server's folder must be empty: no file and no leftover of an upload.
 */
export async function walk(client: Client, { folder, disk, local, emptyUpload }: Place): Promise<void> {
  await mkdir(disk)
  const originals = join(local, 'originals')
  const copies = join(local, 'copies')
  await mkdir(originals)
  await mkdir(copies)
  const there = (name: string) => `${folder}/${name}`

  for (const { name, size } of FILES) {
    await writeFile(join(originals, name), randomBytes(size))
    if (size > 0 || emptyUpload) await client.upload(join(originals, name), there(name))
    else await writeFile(join(disk, name), '')
    await assertSame(join(disk, name), join(originals, name), `${name} was uploaded`)
  }
  const names = FILES.map(file => file.name)
  assert.deepEqual((await client.list(folder)).toSorted(), names.toSorted(), 'the list shows the three files')
  for (const { name } of FILES) {
    await client.download(there(name), join(copies, name))
    await assertSame(join(copies, name), join(originals, name), `${name} was downloaded`)
  }

  await resumeBothWays(client, { original: join(originals, PLAIN), remote: there(PLAIN), disk, copies })

  await client.rename(there(ODD), there(RENAMED))
  await assertSame(join(disk, RENAMED), join(originals, ODD), 'the renamed file has the same bytes')
  assert.deepEqual((await readdir(disk)).toSorted(), [PLAIN, FILES[1].name, RENAMED].toSorted())

  for (const name of [PLAIN, FILES[1].name, RENAMED]) await client.remove(there(name))
  assert.deepEqual(await readdir(disk), [], 'nothing is left in the folder')
}

interface Resumption {
  readonly original: string
  readonly remote: string
  readonly disk: string
  readonly copies: string
}

async function resumeBothWays(client: Client, { original, remote, disk, copies }: Resumption): Promise<void> {
  const half = (await readFile(original)).subarray(0, HALF)

  const copy = join(copies, 'half.bin')
  await writeFile(copy, half)
  const beforeDownload = client.sent.length
  await client.resumeDownload(remote, copy)
  await assertSame(copy, original, 'the resumed download is whole')
  assertResumed(client.sent.slice(beforeDownload))

  await writeFile(join(disk, PLAIN), half)
  const beforeUpload = client.sent.length
  await client.resumeUpload(original, remote)
  await assertSame(join(disk, PLAIN), original, 'the resumed upload is whole')
  assertResumed(client.sent.slice(beforeUpload))
}

/** A client that sent the whole file again did not resume. */
function assertResumed(sent: readonly string[]): void {
  const restarts = sent.some(line => line === `REST ${HALF}` || line.startsWith('APPE '))
  assert.ok(restarts, `REST ${HALF} or APPE was sent:\n${sent.join('\n')}`)
}

async function assertSame(actual: string, expected: string, message: string): Promise<void> {
  assert.deepEqual(await fingerprint(actual), await fingerprint(expected), message)
}

async function fingerprint(file: string): Promise<{ size: number; sha256: string }> {
  const bytes = await readFile(file)
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
