import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineKind, timeOfDay, transcript } from './dialogue-lines.ts'

test('a line is a command, or a reply of its class', () => {
  for (const [from, text, kind] of [
    ['client', 'RETR a', 'command'],
    ['client', '550 is no reply of a client', 'command'],
    ['server', '226 Done', 'good'],
    ['server', '331 Password?', 'wait'],
    ['server', '150-Here', 'wait'],
    ['server', '425 No data connection', 'bad'],
    ['server', ' continued', 'good'],
  ] as const) {
    assert.equal(lineKind({ at: 0, from, text }), kind, text)
  }
})

test('times have milliseconds, so that waiting shows', () => {
  const noon = new Date(2026, 10, 25, 12, 3, 4, 56).getTime()
  assert.equal(timeOfDay(noon), '12:03:04.056')
})

test('a transcript says who spoke and when, whatever the zone', () => {
  assert.equal(
    transcript([
      { at: 0, from: 'client', text: 'PASS ***' },
      { at: 1_500, from: 'server', text: '230 Welcome' },
    ]),
    '1970-01-01T00:00:00.000Z > PASS ***\n1970-01-01T00:00:01.500Z < 230 Welcome',
  )
})
