import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  folderOf,
  machineName,
  readHostPort,
  readKey,
  readListener,
  readSecretLine,
} from './gateway-flags.ts'
import { testIo } from './gateway-testing.ts'

describe('a host and port', () => {
  const good: readonly [string, { host: string; port: number }][] = [
    ['127.0.0.1:1080', { host: '127.0.0.1', port: 1080 }],
    ['edge.example:8443', { host: 'edge.example', port: 8443 }],
    ['[2001:db8::1]:21', { host: '2001:db8::1', port: 21 }],
  ]
  for (const [text, expected] of good) {
    it(`${text} is read`, () => assert.deepEqual(readHostPort(text, '--x', { lowest: 1 }), expected))
  }
  for (const text of [
    '',
    '1080',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '::1:21',
    'a b:1',
    'http://a:1',
  ]) {
    it(`${JSON.stringify(text)} is refused, and the flag is named`, () => {
      assert.throws(
        () => readHostPort(text, '--socks', { lowest: 1 }),
        /^UserError: --socks .*no host and port/,
      )
    })
  }
  it('may have port 0 where any free port may be bound', () => {
    assert.equal(readHostPort('127.0.0.1:0', '--socks', { lowest: 0 }).port, 0)
  })
})

describe('a listener', () => {
  it('is where it listens and what for', () => {
    assert.deepEqual(readListener('127.0.0.1:2121=10.0.0.9:21'), {
      ...{ host: '127.0.0.1', port: 2121 },
      target: { host: '10.0.0.9', port: 21 },
    })
  })
  for (const text of ['127.0.0.1:2121', '127.0.0.1:2121=', '127.0.0.1:2121=10.0.0.9:0', 'a:1=b:2=c:3']) {
    it(`is not ${text}`, () => assert.throws(() => readListener(text), /--listen/))
  }
})

describe('files of a part', () => {
  it('are the invitation, in lines or not, and the first line of a secret', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portolan-flags-'))
    try {
      const io = testIo({ cwd: folder })
      await writeFile(join(folder, 'key'), 'ptl1.abc\ndef\n')
      assert.equal(await readKey({ keyFile: 'key' }, io), 'ptl1.abc\ndef')
      assert.equal(await readKey({ key: 'ptl1.x' }, io), 'ptl1.x')
      assert.equal(await readKey({}, io), undefined)
      await assert.rejects(readKey({ key: 'ptl1.x', keyFile: 'key' }, io), /not both/)
      await assert.rejects(readKey({ keyFile: 'none' }, io), /--key-file cannot be read/)
      await writeFile(join(folder, 'password'), 'secret\r\nmore\n')
      assert.equal(await readSecretLine('password', '--password-file', io), 'secret')
      await writeFile(join(folder, 'empty'), '\n')
      await assert.rejects(readSecretLine('empty', '--password-file', io), /its first line is empty/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('lie in the state folder of the user, or where --data says', () => {
    const io = testIo({ cwd: '/srv', env: { HOME: '/home/anna' } })
    assert.equal(folderOf('agent', {}, io), '/home/anna/.local/state/portolan/agent')
    assert.equal(folderOf('agent', { data: 'here' }, io), '/srv/here')
    const xdg = testIo({ cwd: '/srv', env: { HOME: '/home/anna', XDG_STATE_HOME: '/var/state' } })
    assert.equal(folderOf('edge', {}, xdg), '/var/state/portolan/edge')
  })
})

describe('the name of a machine', () => {
  for (const [given, expected] of [
    ['edge1.example.com', 'edge1'],
    ['büro-3', 'b-ro-3'],
    ['-x', 'x'],
    ['', 'portolan'],
  ] as const) {
    it(`${JSON.stringify(given)} becomes ${expected}`, () => assert.equal(machineName(given), expected))
  }
})
