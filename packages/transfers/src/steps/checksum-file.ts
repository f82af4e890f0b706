import { rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Algorithm, checksumOf } from '../files/checksum.ts'
import { syncPath } from '../files/local-move.ts'
import type { Step } from '../model/index.ts'
import type { LocalFile } from '../run/progress.ts'
import type { StepContext } from './context.ts'
import { below, diskPath, localFileAt, placeOf } from './place.ts'

type ChecksumStep = Extract<Step, { do: 'checksum-file' }>

const ALGORITHMS: Readonly<Record<ChecksumStep['algorithm'], Algorithm>> = {
  sha256: 'SHA-256',
  sha512: 'SHA-512',
  md5: 'MD5',
}

/** Writes a file with the checksum beside each file, as `sha256sum` does. Leaves both. */
export async function checksumFiles(
  { algorithm }: ChecksumStep,
  { run, tools, files, prefix }: StepContext,
): Promise<readonly LocalFile[]> {
  const left: LocalFile[] = []
  for (const file of files) {
    const place = below(placeOf(file), join('..', `${basename(file.path)}.${algorithm}`))
    await diskPath(tools, below(placeOf(file), '..'), 'write')
    const hash = await checksumOf(file.path, ALGORITHMS[algorithm], { signal: run.signal })
    const target = `${file.path}.${algorithm}`
    const temporary = join(dirname(target), `.portolan-checksum-${run.id}-${prefix.slice(0, -1)}`)
    run.mayGoOn()
    await writeFile(temporary, `${hash}  ${basename(file.path)}\n`)
    await syncPath(temporary)
    await rename(temporary, target)
    run.note('step', `${target} holds the ${ALGORITHMS[algorithm]} of ${basename(file.path)}.`)
    left.push(file, localFileAt(target, place))
  }
  return left
}
