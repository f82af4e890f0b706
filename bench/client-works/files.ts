import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BenchError, textOf } from '../errors.ts'
import { run } from '../processes.ts'

/**
 * Compares a file with the one that was moved.
 *
 * @param thorough - every byte, not only the size
 * @throws {BenchError} when it is missing, short or different
 */
export async function checkFile(path: string, source: string, thorough: boolean): Promise<void> {
  const { size } = await stat(source)
  const arrived = await stat(path).catch(() => undefined)
  if (arrived === undefined)
    throw new BenchError(`${basename(path)} is not there although the client said so`)
  if (arrived.size !== size) throw new BenchError(`${basename(path)} has ${arrived.size} bytes of ${size}`)
  if (!thorough) return
  try {
    await run('cmp', [path, source])
  } catch (error) {
    throw new BenchError(`${basename(path)} has other bytes than were sent (${textOf(error)})`)
  }
}

/**
 * Compares a folder with the one that was moved, wherever below it the client has put the files: some make a folder of
 * the same name first.
 *
 * @param thorough - every byte, not only count and sizes
 * @throws {BenchError} when a file is missing, too many, short or different
 */
export async function checkFolder(folder: string, source: string, thorough: boolean): Promise<void> {
  const names = await readdir(source)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const arrived = new Map(
    entries.filter(entry => entry.isFile()).map(entry => [entry.name, join(entry.parentPath, entry.name)]),
  )
  const count = entries.filter(entry => entry.isFile()).length
  if (count !== names.length) throw new BenchError(`${count} files of ${names.length} are there`)
  for (const name of names) {
    const path = arrived.get(name)
    if (path === undefined) throw new BenchError(`${name} is not there although the client said so`)
    const [bytes, wanted] = await Promise.all([readFile(path), readFile(join(source, name))])
    if (bytes.length !== wanted.length)
      throw new BenchError(`${name} has ${bytes.length} bytes of ${wanted.length}`)
    if (thorough && !bytes.equals(wanted)) throw new BenchError(`${name} has other bytes than were sent`)
  }
}
