import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Line, reply } from '@portolan/protocol'
import fc from 'fast-check'
import { Dialogue } from './dialogue.ts'

const line = (text: string): Line => ({ kind: 'line', text })

test('lines of both sides are kept in their order, with their times', () => {
  const dialogue = new Dialogue()
  dialogue.sent(reply(220, 'Ready.'), 1)
  dialogue.received(line('USER alice'), 2)
  dialogue.sent(reply(211, 'Features:', ' UTF8', 'End'), 3)
  assert.deepEqual(dialogue.lines, [
    { at: 1, from: 'server', text: '220 Ready.' },
    { at: 2, from: 'client', text: 'USER alice' },
    { at: 3, from: 'server', text: '211-Features:' },
    { at: 3, from: 'server', text: '211- UTF8' },
    { at: 3, from: 'server', text: '211 End' },
  ])
})

test('secrets are masked, however the line is written', () => {
  for (const [sent, shown] of [
    ['PASS secret', 'PASS ***'],
    ['pass secret', 'pass ***'],
    ['Pass  secret word', 'Pass ***'],
    ['PASS', 'PASS ***'],
    ['PASS\tsecret', 'PASS ***'],
    ['PASSsecret', 'PASS ***'],
    [' PASS secret', ' PASS ***'],
    ['\0\0PASS secret', '\0\0PASS ***'],
    ['ACCT secret', 'ACCT ***'],
    ['ADAT c2VjcmV0', 'ADAT ***'],
    ['USER alice', 'USER alice'],
    ['STOR PASS secret', 'STOR PASS secret'],
    ['PASV', 'PASV'],
  ] as const) {
    const dialogue = new Dialogue()
    dialogue.received(line(sent), 0)
    assert.deepEqual(
      dialogue.lines.map(({ text }) => text),
      [shown],
    )
  }
})

test('a line that was too long to be read leaves a trace', () => {
  const dialogue = new Dialogue()
  dialogue.received({ kind: 'too-long' }, 0)
  assert.match(dialogue.lines[0]?.text ?? '', /too long/)
})

test('whatever is said, the memory is bounded and ends with what was said last', () => {
  const text = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ minLength: 400, maxLength: 9_000 }))
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 400, size: 'max' }),
      fc.string({ maxLength: 20 }),
      (texts, last) => {
        const dialogue = new Dialogue()
        for (const [at, one] of texts.entries()) dialogue.received(line(one), at)
        dialogue.sent(reply(200, last), -1)
        const { lines } = dialogue
        assert.ok(lines.length <= 200)
        assert.ok(lines.every(one => one.text.length <= 500))
        assert.ok(lines.reduce((sum, one) => sum + one.text.length, 0) <= 32_000)
        assert.deepEqual(lines.at(-1), { at: -1, from: 'server', text: `200 ${last}` })
        const times = lines.slice(0, -1).map(({ at }) => at)
        assert.deepEqual(
          times,
          Array.from(times, (_, index) => texts.length - times.length + index),
          'nothing is left out in between',
        )
      },
    ),
    { numRuns: 50 },
  )
})

test('a reply of more lines than are kept does not push its own end out', () => {
  const dialogue = new Dialogue()
  dialogue.sent({ code: 211, lines: ['first', ...Array.from({ length: 1_000 }, (_, n) => `line ${n}`)] }, 0)
  assert.equal(dialogue.lines.length, 200)
  assert.equal(dialogue.lines.at(-1)?.text, '211 line 999')
})
