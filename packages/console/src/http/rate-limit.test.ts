import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestApp } from './testing-app.ts'

test('one address has a bound of requests, others and loopback have not', async () => {
  await using it = await startTestApp()
  const status = async (remoteAddress: string) =>
    (await it.app.inject({ method: 'GET', url: '/api/v1/nothing', remoteAddress })).statusCode
  for (let i = 0; i < 3_000; i++) assert.equal(await status('192.0.2.1'), 404)
  const refused = await it.app.inject({ method: 'GET', url: '/api/v1/nothing', remoteAddress: '192.0.2.1' })
  assert.deepEqual([refused.statusCode, refused.json().code], [429, 'RATE_LIMITED'])
  assert.ok(Number(refused.headers['retry-after']) > 0)
  assert.equal(await status('192.0.2.2'), 404)
  assert.equal(await status('127.0.0.1'), 404)
})
