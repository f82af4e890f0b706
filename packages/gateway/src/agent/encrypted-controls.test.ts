import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EncryptedControls } from './encrypted-controls.ts'

describe('servers whose control connections are encrypted', () => {
  const make = () => {
    const changes: [string, boolean][] = []
    const controls = new EncryptedControls(async (host, isEncrypted) => {
      changes.push([host, isEncrypted])
    })
    return { controls, changes }
  }
  const cases = [
    { title: 'the name that was asked for', host: 'ftp.example', port: 50_000, asked: 'FTP.example.' },
    { title: 'the address where it was reached', host: '192.0.2.9', port: 1_024, asked: 'FTP.example.' },
    { title: 'that in another spelling', host: '::ffff:192.0.2.9', port: 50_000, asked: 'FTP.example.' },
    { title: 'a port that is no data port', host: '192.0.2.9', port: 443, asked: undefined },
    { title: 'another host', host: '192.0.2.10', port: 50_000, asked: undefined },
  ]
  for (const { title, host, port, asked } of cases)
    it(`${title} is ${asked ? 'asked of the edge as the control connection was' : 'none of them'}`, () => {
      const { controls } = make()
      controls.add('FTP.example.', ['192.0.2.9', ''])
      assert.deepEqual(controls.targetOf({ host, port }), asked && { host: asked, port })
    })

  it('are so until the last of these connections has ended, and each change is told once', async () => {
    const { controls, changes } = make()
    const [one, other] = [controls.add('192.0.2.9', ['192.0.2.9']), controls.add('192.0.2.9', [])]
    await Promise.all([one.done, other.done])
    one.forget()
    assert.ok(controls.targetOf({ host: '192.0.2.9', port: 50_000 }))
    other.forget()
    assert.equal(controls.targetOf({ host: '192.0.2.9', port: 50_000 }), undefined)
    assert.deepEqual(changes, [
      ['192.0.2.9', true],
      ['192.0.2.9', false],
    ])
  })
})
