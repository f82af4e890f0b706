import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'
import { exists, syncPath } from '../files/local-move.ts'
import { versionOf } from '../files/local-version.ts'
import type { Step } from '../model/index.ts'
import { RunError } from '../run/failure.ts'
import type { LocalFile } from '../run/progress.ts'
import type { StepContext } from './context.ts'
import { below, diskPath, localFileAt, placeOf } from './place.ts'

type CompressStep = Extract<Step, { do: 'compress' }>

const FORMATS = {
  gzip: { extension: '.gz', create: () => createGzip() },
  zstd: { extension: '.zst', create: () => createZstdCompress() },
} as const

/** Puts compressed files in the place of what the steps before have left, as gzip does. */
export async function compress(step: CompressStep, context: StepContext): Promise<readonly LocalFile[]> {
  const left: LocalFile[] = []
  for (const [at, file] of context.files.entries()) left.push(await compressFile(step, file, at, context))
  return left
}

async function compressFile(
  { format }: CompressStep,
  file: LocalFile,
  at: number,
  context: StepContext,
): Promise<LocalFile> {
  const { run, tools } = context
  const { extension, create } = FORMATS[format]
  await diskPath(tools, below(placeOf(file), '..'), 'write')
  const hash = createHash('sha256').update(`${run.id}\0${context.prefix}${at}`).digest('hex').slice(0, 16)
  const temporary = join(dirname(file.path), `.portolan-compress-${hash}`)
  const noted = run.progress.note[String(at)]
  // Once the name is noted the bytes are whole: what is left to do is to show them.
  const target = noted ?? (await freeName(file.path, extension, hash))
  if (noted === undefined) {
    const before = await versionOf(file.path)
    await pipeline(createReadStream(file.path), create(), createWriteStream(temporary), {
      signal: run.signal,
    })
    if ((await versionOf(file.path)).version !== before.version) {
      await rm(temporary, { force: true })
      throw new RunError('RUN_SOURCE_CHANGED', `The file ${file.path} changed while it was compressed.`, {
        transient: true,
      })
    }
    await syncPath(temporary)
    await run.save({ note: { ...run.progress.note, [String(at)]: target } })
  }
  run.mayGoOn()
  if (await exists(temporary)) await rename(temporary, target)
  await syncPath(dirname(target))
  if (await exists(target)) await unlink(file.path).catch(ignoreMissing)
  run.note('step', `${file.path} was compressed to ${target}.`)
  const added = target.slice(dirname(target).length + 1)
  return localFileAt(target, below(placeOf(file), join('..', added)))
}

async function freeName(path: string, extension: string, hash: string): Promise<string> {
  const plain = `${path}${extension}`
  return (await exists(plain)) ? `${path}.${hash.slice(0, 8)}${extension}` : plain
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
