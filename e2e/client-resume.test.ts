import assert from 'node:assert/strict'
import { createHash, randomFillSync } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { FtpClient } from '@portolan/client'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { PASSWORD, startEmbedded } from './support/embedded.ts'
import { makeScratch } from './support/scratch.ts'

const MB = 1024 * 1024
const SIZE = 100 * MB
/** Where the connections break, each counted from its own start: together less than the file. */
const CUTS = [3, 11, 1, 17, 5, 2, 9, 13, 4, 7].map(megabytes => megabytes * MB + 12_345)

/** A server with one large file of alice's, and her client behind a proxy that cuts. */
async function stage(way: 'down' | 'up', tls: 'off' | 'explicit') {
  await using starting = new AsyncDisposableStack()
  const scratch = starting.use(await makeScratch())
  const server = starting.use(
    await startEmbedded({
      settings: { listeners: [{ host: '127.0.0.1', port: 0, tls: 'optional' }], tls: { selfSigned: true } },
    }),
  )
  const home = server.home('alice')
  await mkdir(home)
  const proxy = starting.use(await startCuttingProxy(way, CUTS))
  const lines: string[] = []
  const client = starting.use(
    new FtpClient({
      ...server.at(),
      user: 'alice',
      password: PASSWORD,
      tls,
      tlsOptions: { verify: false },
      proxy: proxy.url,
      retry: { retries: 1, firstDelay: 1 },
      onEvent: event => event.type === 'sent' && lines.push(event.line),
    }),
  )
  const bytes = randomFillSync(Buffer.alloc(SIZE))
  const kept = starting.move()
  return {
    ...{ scratch: scratch.path, home, proxy, client, bytes, lines },
    checksum: createHash('sha256').update(bytes).digest('hex'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

for (const tls of ['off', 'explicit'] as const) {
  describe(`100 MB over connections that are cut ten times, ${tls === 'off' ? 'in the clear' : 'under TLS'}`, () => {
    it('are downloaded on from where it broke, and the checksum is right', async () => {
      await using it = await stage('down', tls)
      await writeFile(join(it.home, 'large.bin'), it.bytes)
      const target = join(it.scratch, 'large.bin')
      const result = await it.client.download('large.bin', target, { verify: 'checksum' })
      assert.equal(it.proxy.cuts, CUTS.length)
      assert.equal(result.bytes, SIZE)
      assert.equal(result.checksum?.hash, it.checksum)
      assert.ok((await readFile(target)).equals(it.bytes))
      assert.deepEqual(await readdir(it.scratch), ['large.bin'], 'no part is left')
      assert.equal(it.lines.filter(line => /^REST [1-9]/.test(line)).length, CUTS.length)
    })

    it('are uploaded on from where it broke, and the checksum is right', async () => {
      await using it = await stage('up', tls)
      const source = join(it.scratch, 'large.bin')
      await writeFile(source, it.bytes)
      const result = await it.client.upload(source, 'large.bin', { verify: 'checksum' })
      assert.equal(it.proxy.cuts, CUTS.length)
      assert.equal(result.checksum?.hash, it.checksum)
      assert.ok((await readFile(join(it.home, 'large.bin'))).equals(it.bytes))
      assert.deepEqual(await readdir(it.home), ['large.bin'], 'no part is left')
      assert.ok(it.lines.some(line => /^REST [1-9]/.test(line)))
    })
  })
}
