import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_WINDOWS, LEAST_WINDOW, LINK_WINDOWS, ReceiveWindow, WindowBudget } from './flow.ts'

/** Lets a stream run: what may come does, and is taken, once in each round trip. */
function run(
  window: ReceiveWindow,
  roundTripMs: number,
  rounds: number,
  mostPerRound = Number.POSITIVE_INFINITY,
) {
  let now = 1
  for (let i = 0; i < rounds; i++) {
    now += roundTripMs
    const bytes = Math.min(window.granted, mostPerRound)
    assert.ok(window.received(bytes))
    if (window.consumed(bytes)) window.grant(now)
  }
}

function started(budget = new WindowBudget(), roundTripMs = 40): ReceiveWindow {
  const window = new ReceiveWindow(DEFAULT_WINDOWS, budget, () => roundTripMs)
  assert.equal(window.grant(1), window.size)
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

test('it stays as it is on a short way, where it holds nothing up', () => {
  const window = started(undefined, 0.2)
  run(window, 2.5, 1_000, 100_000)
  assert.equal(window.size, DEFAULT_WINDOWS.initial)
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
  const budget = new WindowBudget()
  const windows = Array.from({ length: 1_000 }, () => started(budget))
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
      let now = 1
      for (const { do: what, part } of words) {
        if (what === 'wait') now += part * 100
        else if (what === 'receive') assert.ok(window.received(Math.floor(window.granted * part)))
        else if (window.consumed(Math.floor(window.held * part))) window.grant(now)
        assert.ok(window.granted + window.held <= window.size)
        assert.ok(window.size >= LEAST_WINDOW && window.size <= DEFAULT_WINDOWS.max)
      }
    }),
  )
})
