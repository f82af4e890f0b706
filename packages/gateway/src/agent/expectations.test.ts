import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ExpectNote } from '../control/messages.ts'
import { Expectations } from './expectations.ts'

const note = (change: Partial<ExpectNote> = {}): ExpectNote => ({
  ...{ type: 'expect', address: '192.0.2.9', port: 50_000, by: 'PASV', seconds: 30 },
  ...change,
})
const EDGE_IS_ASKED_FOR = { host: '192.0.2.9', port: 50_000 }

describe('what a server has named', () => {
  const cases = [
    { title: 'is reached at the address of its reply', host: '192.0.2.9', port: 50_000, found: true },
    {
      title: 'is reached at the host of the control connection',
      host: 'FTP.example.',
      port: 50_000,
      found: true,
    },
    { title: 'is an address in any spelling', host: '::ffff:192.0.2.9', port: 50_000, found: true },
    { title: 'is no other port', host: '192.0.2.9', port: 50_001, found: false },
    { title: 'is no other host', host: '192.0.2.10', port: 50_000, found: false },
  ]
  for (const { title, host, port, found } of cases) {
    it(title, () => {
      const expectations = new Expectations(() => 0)
      expectations.note(note(), 'ftp.example')
      assert.deepEqual(expectations.peek({ host, port }), found ? EDGE_IS_ASKED_FOR : undefined)
      assert.deepEqual(expectations.take({ host, port }), found ? EDGE_IS_ASKED_FOR : undefined)
    })
  }

  it('is good once, whichever of its hosts is dialled', () => {
    const expectations = new Expectations(() => 0)
    expectations.note(note(), 'ftp.example')
    assert.ok(expectations.take({ host: 'ftp.example', port: 50_000 }))
    assert.equal(expectations.take(EDGE_IS_ASKED_FOR), undefined)
  })

  it('is good twice when it was named twice', () => {
    const expectations = new Expectations(() => 0)
    expectations.note(note(), 'ftp.example')
    expectations.note(note(), 'ftp.example')
    assert.ok(expectations.take(EDGE_IS_ASKED_FOR))
    assert.ok(expectations.take(EDGE_IS_ASKED_FOR))
    assert.equal(expectations.take(EDGE_IS_ASKED_FOR), undefined)
  })

  it('is good for its seconds', () => {
    let now = 0
    const expectations = new Expectations(() => now)
    expectations.note(note(), 'ftp.example')
    now = 29_999
    assert.ok(expectations.peek(EDGE_IS_ASKED_FOR))
    now = 30_000
    assert.equal(expectations.peek(EDGE_IS_ASKED_FOR), undefined)
  })

  it('is kept within a bound', () => {
    const expectations = new Expectations(() => 0)
    for (let port = 1; port <= 1_001; port += 1) expectations.note(note({ port }), 'ftp.example')
    assert.equal(expectations.peek({ host: '192.0.2.9', port: 1 }), undefined)
    assert.ok(expectations.peek({ host: '192.0.2.9', port: 2 }))
  })
})
