import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_WINDOWS, LEAST_WINDOW, LINK_WINDOWS, LinkFlow, ReceiveWindow } from './flow.ts'

/** Milliseconds; goes on from test to test. */
let clock = 1

/** Lets a stream run: what may come does, and is taken, once in each round trip. */
function run(
  window: ReceiveWindow,
  roundTripMs: number,
  rounds: number,
  mostPerRound = Number.POSITIVE_INFINITY,
) {
  for (let i = 0; i < rounds; i++) {
    clock += roundTripMs
    const bytes = Math.min(window.granted, mostPerRound)
    assert.ok(window.received(bytes))
    if (window.consumed(bytes)) window.grant(clock)
  }
}

function started(link = new LinkFlow(() => 40)): ReceiveWindow {
  const window = new ReceiveWindow(DEFAULT_WINDOWS, link)
  assert.equal(window.grant(clock), window.size)
  return window
}

test('a window begins at its first size and grows to its bound for a reader that keeps up over a long way', () => {
  const window = started()
  assert.equal(window.size, DEFAULT_WINDOWS.initial)
  run(window, 40, 20)
  assert.equal(window.size, DEFAULT_WINDOWS.max)
})

test('it grows to twice of what passes in a round trip, and no further', () => {
  const window = started()
  run(window, 40, 100, 1_000_000)
  assert.ok(window.size >= 1_000_000 && window.size <= 2_500_000, String(window.size))
})

test('on a short way it grows to what programs need for their turns', () => {
  const window = started(new LinkFlow(() => 0.2))
  run(window, 2.5, 1_000)
  assert.ok(window.size >= 1_000_000 && window.size <= 3_000_000, String(window.size))
})

test('many that are active at once share what is worth having under way, and one that is left has it alone', () => {
  const link = new LinkFlow(() => 0.2)
  const windows = Array.from({ length: 8 }, () => started(link))
  const round = () => {
    clock += 2.5
    for (const window of windows) {
      const bytes = Math.min(window.granted, 100_000)
      window.received(bytes)
      if (window.consumed(bytes)) window.grant(clock)
    }
  }
  for (let i = 0; i < 200; i++) round()
  for (const { size } of windows) assert.ok(size >= 65_536 && size <= 200_000, String(size))
  windows.length = 1
  for (let i = 0; i < 200; i++) round()
  assert.ok((windows[0]?.size ?? 0) >= 300_000, String(windows[0]?.size))
})

test('it stays as it is for a slow reader', () => {
  const window = started()
  run(window, 40, 1_000, 1_000)
  assert.equal(window.size, DEFAULT_WINDOWS.initial)
})

test('more than was granted is refused', () => {
  const window = started()
  assert.ok(!window.received(DEFAULT_WINDOWS.initial + 1))
  assert.ok(window.received(DEFAULT_WINDOWS.initial))
  assert.ok(!window.received(1))
})

test('a thousand streams, however fast they once were, hold no more together than the link has, and the least for each', () => {
  const link = new LinkFlow(() => 40)
  const windows = Array.from({ length: 1_000 }, () => started(link))
  const total = () => windows.reduce((sum, window) => sum + window.size, 0)
  for (const window of windows) run(window, 40, 20)
  assert.ok(total() <= LINK_WINDOWS + windows.length * LEAST_WINDOW, String(total()))
  for (const window of windows) assert.ok(window.size >= LEAST_WINDOW)
  // Whoever ends leaves room for others.
  for (const window of windows.splice(1)) window.release()
  const [last] = windows
  assert.ok(last)
  run(last, 40, 20)
  assert.equal(last.size, DEFAULT_WINDOWS.max)
})

test('whatever happens, what may come and what came are within the window, and the window within its bounds', () => {
  const word = fc.record({
    do: fc.constantFrom('receive', 'consume', 'wait'),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(word, { maxLength: 200 }), words => {
      const window = started()
      for (const { do: what, part } of words) {
        if (what === 'wait') clock += part * 100
        else if (what === 'receive') assert.ok(window.received(Math.floor(window.granted * part)))
        else if (window.consumed(Math.floor(window.held * part))) window.grant(clock)
        assert.ok(window.granted + window.held <= window.size)
        assert.ok(window.size >= LEAST_WINDOW && window.size <= DEFAULT_WINDOWS.max)
      }
    }),
  )
})
