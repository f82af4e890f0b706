import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factsOfEvent, toneOfEvent } from './event-words.ts'

test('a line of the timeline has the tone of what it tells', () => {
  const tones: readonly (readonly [kind: string, tone: string])[] = [
    ['error', 'bad'],
    ['retry', 'warn'],
    ['file', 'good'],
    ['connected', 'info'],
    ['decision', 'idle'],
    ['of another time', 'idle'],
  ]
  for (const [kind, tone] of tones) assert.equal(toneOfEvent(kind), tone, kind)
})

test('details are told as names and values, and none where there are none', () => {
  assert.deepEqual(
    factsOfEvent({ mode: 'passive', port: 2000, none: null, empty: '', because: { code: 'x' } }),
    [
      ['mode', 'passive'],
      ['port', '2000'],
      ['because', '{"code":"x"}'],
    ],
  )
  for (const nothing of [null, undefined, {}, 'text', 4]) assert.deepEqual(factsOfEvent(nothing), [])
})
