import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GREETING, inspect, LOGIN, PASV, type Said } from './testing-inspection.ts'

describe('the timeline', () => {
  const notes = (said: readonly Said[]) => inspect(said).notes.filter(({ type }) => type === 'ftp')

  it('has commands with their final replies', () => {
    assert.deepEqual(
      notes([...LOGIN, ...PASV, ['client', 'STOR a\r\n'], ['server', '150 Go\r\n226-Well\r\n226 Done\r\n']]),
      [
        { type: 'ftp', verb: 'USER', argument: 'alice', reply: 331, text: 'Password.' },
        { type: 'ftp', verb: 'PASS', argument: '', reply: 230, text: 'Welcome.' },
        { type: 'ftp', verb: 'STOR', argument: 'a', reply: 226, text: 'Done' },
      ],
    )
  })

  it('gives a NOOP that is answered during a transfer to the NOOP', () => {
    const said: readonly Said[] = [
      GREETING,
      ['client', 'STOR a\r\nNOOP\r\n'],
      ['server', '150 Go\r\n200 OK\r\n226 Done\r\n'],
    ]
    assert.deepEqual(notes(said), [{ type: 'ftp', verb: 'STOR', argument: 'a', reply: 226, text: 'Done' }])
  })

  it('says which commands got no reply', () => {
    const [note] = notes([GREETING, ['client', 'STOR a\r\n'], ['server', '150 Go\r\n'], ['server-end']])
    assert.deepEqual(note, {
      type: 'ftp',
      verb: 'STOR',
      argument: 'a',
      text: 'The connection ended before the reply.',
    })
  })

  it('never has what is secret', () => {
    const secrets = ['PASS hunter2', 'ACCT hunter2', ' pass hunter2', 'SITE PSWD old hunter2', 'PASShunter2']
    for (const line of secrets) {
      const said: readonly Said[] = [GREETING, ['client', `${line}\r\n`], ['server', '230 OK\r\n']]
      assert.doesNotMatch(JSON.stringify(inspect(said).notes), /hunter2/, line)
    }
  })

  it('is bounded, and fits into a NOTE whatever the bytes are', () => {
    for (const letter of ['x', '\x01', '\xff\xff', '\xe4', '"']) {
      const argument = letter.repeat(4_000 / letter.length)
      const { notes: all } = inspect([
        GREETING,
        ['client', `STOR ${argument}\r\n`],
        ['server', `550 ${argument}\r\n`],
        ['client', `PORT ${argument}\r\n`],
      ])
      assert.equal(all.length, 2)
      for (const note of all) assert.ok(Buffer.byteLength(JSON.stringify(note)) < 8_192)
    }
  })
})
