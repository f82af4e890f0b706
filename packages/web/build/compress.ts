import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const WORTH_BYTES = 1024
const TEXTS = /\.(?:js|css|svg)$/

/**
 * Writes `FILE.br` and `FILE.gz` beside every text of the build, so that the server compresses nothing while it runs.
 * index.html is left alone: the server writes the nonce into it.
 */
export function compress(): Plugin {
  return {
    name: 'portolan-compress',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) return
      const entries = await readdir(dir, { withFileTypes: true, recursive: true })
      const files = entries.filter(entry => entry.isFile() && TEXTS.test(entry.name))
      await Promise.all(files.map(entry => compressFile(join(entry.parentPath, entry.name))))
    },
  }
}

async function compressFile(file: string): Promise<void> {
  const text = await readFile(file)
  if (text.length < WORTH_BYTES) return
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    }),
    promisify(gzip)(text, { level: 9 }),
  ])
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)])
}
