import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { fastify } from 'fastify'
import { chooseEncoding, compressJson } from './compress-json.ts'

const ROWS = Array.from({ length: 500 }, (_, index) => ({ index, text: 'the same again' }))

test('the better encoding of those that are taken is chosen', () => {
  const cases: [string, 'br' | 'gzip' | undefined][] = [
    ['gzip, deflate, br, zstd', 'br'],
    ['GZIP;q=0.8', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0,gzip;q=0', undefined],
    ['', undefined],
    ['deflate', undefined],
  ]
  for (const [accepted, encoding] of cases) assert.equal(chooseEncoding(accepted), encoding, accepted)
})

test('long answers are compressed, short ones and what is no JSON go out as they are', async () => {
  await using app = fastify()
  compressJson(app)
  app.get('/long', async () => ROWS)
  app.get('/short', async () => ({ ok: true }))
  app.get('/text', async (_request, reply) => reply.type('text/plain').send('x'.repeat(10_000)))
  const get = (url: string, encoding: string) => app.inject({ url, headers: { 'accept-encoding': encoding } })
  for (const [encoding, open] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const answer = await get('/long', encoding)
    assert.equal(answer.headers['content-encoding'], encoding)
    assert.equal(answer.headers.vary, 'accept-encoding')
    assert.deepEqual(JSON.parse(open(answer.rawPayload).toString()), ROWS)
    assert.ok(answer.rawPayload.length < 2_000)
  }
  assert.equal((await get('/long', '')).headers['content-encoding'], undefined)
  assert.equal((await get('/short', 'br')).headers['content-encoding'], undefined)
  assert.equal((await get('/text', 'br')).headers['content-encoding'], undefined)
})
