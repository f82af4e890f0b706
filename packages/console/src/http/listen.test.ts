import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NodeError } from '../node/node-error.ts'
import { listenConsole } from './listen.ts'
import { startTestApp } from './testing-app.ts'

test('an address that cannot be had is told with what to do', async () => {
  await using first = await startTestApp()
  const port = await listenConsole(first.app, { host: '127.0.0.1', port: 0 })
  assert.ok(port > 0)
  const cases = [
    {
      host: '127.0.0.1',
      port,
      says: `127.0.0.1:${port}: another program listens there already; set console.port`,
    },
    { host: '192.0.2.1', port: 0, says: '192.0.2.1:0: this machine has no such address' },
  ]
  for (const { host, port: wanted, says } of cases) {
    await using it = await startTestApp()
    await assert.rejects(listenConsole(it.app, { host, port: wanted }), (error: unknown) => {
      assert.ok(error instanceof NodeError)
      assert.equal(error.code, 'NODE_LISTEN')
      assert.ok(error.message.startsWith(`the console cannot listen on ${says}`), error.message)
      return true
    })
  }
})
