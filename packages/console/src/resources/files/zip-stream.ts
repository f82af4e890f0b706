import { PassThrough, type Readable } from 'node:stream'
import type { FileAccess } from '@portolan/server'
import { ZipFile } from 'yazl'
import { isWorthPacking } from './content-type.ts'
import type { ZipItem, ZipPlan } from './zip-plan.ts'

/** Fast: most of what helps, for a tenth of the work. */
const LEVEL = 1
/** The name under which a zip tells what is not in it. */
const LEFT_OUT = 'NOT IN THIS ZIP.txt'

/**
 * A zip as it is made: one file is open at a time. Its stream ends with an error as soon as one file cannot be read whole,
 * so that nobody takes what came so far for all of it.
 */
export function zipStream(access: FileAccess, { items, leftOut }: ZipPlan): Readable {
  const zip = new ZipFile()
  const output = new PassThrough()
  let body: Readable | undefined
  const fail = (error: Error) => output.destroy(error)
  zip.on('error', fail)
  // Whoever sends it learns of errors by its end; before anybody does, they must not end the process.
  output.on('error', () => {})
  output.once('close', () => {
    zip.outputStream.unpipe(output)
    body?.destroy()
    void access[Symbol.asyncDispose]()
  })
  for (const item of items) {
    const mtime = new Date(item.modified)
    if (item.kind === 'folder') {
      zip.addEmptyDirectory(item.name, { mtime })
      continue
    }
    zip.addReadStreamLazy(item.name, { mtime, ...packing(item) }, give => {
      // Nobody is there any more: the rest is not opened.
      if (output.destroyed) return
      access.download(item.path).then(
        download => {
          body = download.body
          if (output.destroyed) return void body.destroy()
          body.on('error', fail)
          give(undefined, body)
        },
        (error: Error) => fail(error),
      )
    })
  }
  if (leftOut.length > 0) zip.addBuffer(Buffer.from(`${leftOut.join('\n')}\n`), LEFT_OUT)
  zip.end()
  zip.outputStream.pipe(output)
  return output
}

function packing({ name }: ZipItem): { compress: boolean; compressionLevel: number } {
  const compress = isWorthPacking(name)
  return { compress, compressionLevel: compress ? LEVEL : 0 }
}
