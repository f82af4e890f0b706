import { createHash } from 'node:crypto'
import { copyFile, link, mkdir, open, rename, stat, unlink, utimes } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'

/** Moves within a file system without ever taking the place of another file. */
export interface Moved {
  /** Where it is now: with something added to its name where that was taken. */
  readonly path: string
}

/**
 * Moves a file to a name. When that is taken, something is added to the name: a file is never lost. To be repeated after a
 * crash: undefined when the file is gone already.
 *
 * @param token - makes the added part, the same for the same run
 */
export async function moveWithoutLoss(from: string, to: string, token: string): Promise<Moved | undefined> {
  const added = createHash('sha256').update(token).digest('hex').slice(0, 8)
  await mkdir(dirname(to), { recursive: true })
  for (let tries = 0; tries < 100; tries++) {
    const { dir, name, ext } = parse(to)
    const path = tries === 0 ? to : join(dir, `${name}.${added}${tries === 1 ? '' : `-${tries}`}${ext}`)
    const outcome = await moveTo(from, path)
    if (outcome === 'gone') return undefined
    if (outcome === 'moved') return { path }
  }
  throw Object.assign(new Error(`There are too many files of the name ${to}.`), { code: 'EEXIST' })
}

async function moveTo(from: string, to: string): Promise<'moved' | 'taken' | 'gone'> {
  if (from === to) return 'moved'
  try {
    // Unlike a rename, a link does not take the place of what is there.
    await link(from, to)
  } catch (error) {
    switch (codeOf(error)) {
      case 'ENOENT':
        return 'gone'
      case 'EEXIST':
        if (!(await isSame(from, to))) return 'taken'
        break
      case 'EXDEV':
        return copyOver(from, to)
      default:
        return renameOver(from, to, error)
    }
  }
  await unlink(from)
  return 'moved'
}

/** Between a link and the unlink that follows, a file has both names. */
async function isSame(from: string, to: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(from, { bigint: true }), stat(to, { bigint: true })])
  return a.ino === b.ino && a.dev === b.dev
}

async function copyOver(from: string, to: string): Promise<'moved' | 'taken'> {
  const source = await stat(from)
  const there = await stat(to).catch(() => undefined)
  if (there) {
    // A copy keeps the time: this one was made before something ended us.
    const same = there.size === source.size && there.mtimeMs === Math.floor(source.mtimeMs)
    if (!same) return 'taken'
    await unlink(from)
    return 'moved'
  }
  const part = join(
    dirname(to),
    `.portolan-move-${createHash('sha256').update(from).digest('hex').slice(0, 16)}`,
  )
  await copyFile(from, part)
  const seconds = Math.floor(source.mtimeMs) / 1000
  await utimes(part, seconds, seconds)
  await syncPath(part)
  await rename(part, to)
  await syncPath(dirname(to))
  await unlink(from)
  return 'moved'
}

/** Where the file system has no links. */
async function renameOver(from: string, to: string, error: unknown): Promise<'moved' | 'taken'> {
  if (!['EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error
  if (await exists(to)) return 'taken'
  await rename(from, to)
  return 'moved'
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

/** Makes a file, or the names in a folder, outlive a power cut. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
