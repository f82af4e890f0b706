import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ASKED,
  ASKING,
  mayReceive,
  mayReset,
  maySend,
  next,
  type StreamEvent,
  type StreamState,
} from './stream-state.ts'

const WAYS: readonly (readonly [StreamState, readonly StreamEvent[], StreamState['at'] | undefined])[] = [
  [ASKING, [], 'asking'],
  [ASKING, ['opened'], 'open'],
  [ASKED, ['opened'], 'open'],
  [ASKED, ['end-got'], undefined],
  [ASKING, ['end-sent'], undefined],
  [ASKED, ['opened', 'opened'], undefined],
  [ASKED, ['opened', 'end-sent'], 'sent-end'],
  [ASKED, ['opened', 'end-got'], 'got-end'],
  [ASKED, ['opened', 'end-got', 'end-got'], undefined],
  [ASKED, ['opened', 'end-sent', 'end-sent'], undefined],
  [ASKED, ['opened', 'end-sent', 'end-got'], 'ended'],
  [ASKED, ['opened', 'end-got', 'end-sent'], 'ended'],
  [ASKED, ['opened', 'settled'], undefined],
  [ASKED, ['opened', 'end-got', 'end-sent', 'settled'], 'over'],
  [ASKED, ['opened', 'end-got', 'end-sent', 'settled', 'settled'], undefined],
]

for (const [from, events, at] of WAYS) {
  test(`${from.at}: ${events.join(', ') || 'nothing'} leads to ${at ?? 'nowhere'}`, () => {
    let state: StreamState | undefined = from
    for (const event of events) state = state && next(state, event)
    assert.equal(state?.at, at)
  })
}

test('each direction carries bytes only as long as it is open', () => {
  const table = (['asking', 'asked', 'open', 'sent-end', 'got-end', 'ended', 'over'] as const).map(at => [
    at,
    maySend({ at }),
    mayReceive({ at }),
    mayReset({ at }),
  ])
  assert.deepEqual(table, [
    ['asking', false, false, true],
    ['asked', false, false, true],
    ['open', true, true, true],
    ['sent-end', false, true, true],
    ['got-end', true, false, true],
    ['ended', false, false, true],
    ['over', false, false, false],
  ])
  const broken: StreamState = { at: 'reset', status: { code: 'AGT_LOST', text: '' } }
  assert.deepEqual([maySend(broken), mayReceive(broken), mayReset(broken)], [false, false, false])
})
