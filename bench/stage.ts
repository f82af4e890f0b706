import { randomFillSync } from 'node:crypto'
import { accessSync, closeSync, constants, mkdirSync, openSync, rmSync, utimesSync, writeSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from './errors.ts'

/** How large the work is. `--quick` makes it small, for a look at whether everything runs. */
export interface Sizes {
  /** Bytes of the file one client moves. */
  readonly big: number
  /** Bytes of the file each of many clients moves. */
  readonly ten: number
  readonly small: number
  /** Small files in the folder that clients move as a whole. */
  readonly many: number
  /** Names in the two folders that are listed. */
  readonly names: readonly [fewer: number, more: number]
}

export const FULL_SIZES: Sizes = {
  big: 1024 ** 3,
  ten: 10 * 1024 ** 2,
  small: 10 * 1024,
  many: 1_000,
  names: [10_000, 100_000],
}

export const QUICK_SIZES: Sizes = {
  big: 64 * 1024 ** 2,
  ten: 1024 ** 2,
  small: 10 * 1024,
  many: 40,
  names: [1_000, 10_000],
}

/** The files of a run: what the servers serve, where uploads go, where configurations are written. */
export interface Stage extends AsyncDisposable {
  /** The folder every server gives its user as `/`. */
  readonly files: string
  /** Where uploads land, inside `files`; `/up` for the user. */
  readonly uploads: string
  /** Where clients download to. */
  readonly downloads: string
  readonly scratch: string
  readonly sizes: Sizes
  /** What lies below, for the note under the table. */
  readonly medium: string
}

/** Paths as the user of a server sees them. */
export const PATHS = {
  big: '/big.bin',
  ten: '/ten.bin',
  small: '/small.bin',
  many: '/many',
  names: ['/fewer', '/more'],
} as const

/** Room that a run needs besides its files: a hundred uploads, or one large one. */
const UPLOAD_ROOM = 1.2 * 1024 ** 3

/**
 * Makes the files: on /dev/shm where there is room, so that no disk is measured, else in `fallback`.
 *
 * @throws {BenchError} when there is no room
 */
export async function makeStage(sizes: Sizes, fallback: string): Promise<Stage> {
  const needed = sizes.big + sizes.ten + UPLOAD_ROOM
  const shm = '/dev/shm'
  const onMemory = isWritable(shm) && (await roomOf(shm)) > needed
  const parent = onMemory ? shm : fallback
  await mkdir(parent, { recursive: true })
  if ((await roomOf(parent)) < needed) {
    throw new BenchError(
      `${parent} has no room for ${Math.ceil(needed / 1024 ** 2)} MiB: free some and try again`,
    )
  }
  const folder = await mkdtemp(join(parent, 'portolan-bench-'))
  // What a signal or a crash leaves would be gigabytes of memory.
  const sweep = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', sweep)
  const files = join(folder, 'files')
  const uploads = join(files, 'up')
  const downloads = join(folder, 'downloads')
  const scratch = join(folder, 'scratch')
  for (const path of [files, uploads, downloads, scratch]) await mkdir(path, { recursive: true })
  // Servers that drop their rights after the login read and write as another user.
  for (const path of [folder, files, scratch]) await chmod(path, 0o755)
  await chmod(uploads, 0o777)
  writeRandom(join(files, PATHS.big), sizes.big)
  writeRandom(join(files, PATHS.ten), sizes.ten)
  writeRandom(join(files, PATHS.small), sizes.small)
  writeMany(join(files, PATHS.many), sizes)
  sizes.names.forEach((count, i) => {
    writeNames(join(files, PATHS.names[i] ?? ''), count)
  })
  await writeFile(join(files, 'README'), 'Files of a benchmark run.\n')
  return {
    files,
    uploads,
    downloads,
    scratch,
    sizes,
    medium: onMemory ? 'tmpfs (/dev/shm)' : `the disk below ${fallback}`,
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', sweep)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

async function roomOf(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}

/** Bytes that no compression helps with; a megabyte of them with its number in front, again and again. */
function writeRandom(path: string, size: number): void {
  const piece = randomFillSync(Buffer.alloc(1024 ** 2))
  const fd = openSync(path, 'w', 0o644)
  for (let at = 0; at < size; at += piece.length) {
    piece.writeUInt32LE(at / piece.length)
    writeSync(fd, piece, 0, Math.min(piece.length, size - at))
  }
  closeSync(fd)
}

/** A folder of small files, each with bytes of its own. */
function writeMany(folder: string, { many, small }: Sizes): void {
  mkdirSync(folder)
  for (let i = 0; i < many; i++) writeRandom(join(folder, `${String(i).padStart(4, '0')}.bin`), small)
}

/** A folder of empty files, each with a time of its own within the last year. */
function writeNames(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true })
  const nowSeconds = Math.floor(Date.now() / 1000)
  for (let i = 0; i < count; i++) {
    const path = join(folder, `report-of-the-night-${String(i).padStart(6, '0')}.csv`)
    closeSync(openSync(path, 'w', 0o644))
    const time = nowSeconds - ((i * 317) % 31_000_000)
    utimesSync(path, time, time)
  }
}
