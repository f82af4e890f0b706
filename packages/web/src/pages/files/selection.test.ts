import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choose, chooseAll, kept, type Move, moved, NOTHING, type Selection } from './selection.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e']
const ticked = ({ ticked }: Selection) => [...ticked].join('')
const at = (active: string | undefined): Selection => ({ ...NOTHING, active })

test('a click chooses alone, with Ctrl one more, with Shift up to it', () => {
  const b = choose(NOTHING, NAMES, 'b', 'alone')
  assert.equal(ticked(b), 'b')
  const bd = choose(b, NAMES, 'd', 'toggle')
  assert.equal(ticked(bd), 'bd')
  assert.equal(ticked(choose(bd, NAMES, 'b', 'toggle')), 'd')
  const range = choose(b, NAMES, 'd', 'range')
  assert.equal(ticked(range), 'bcd')
  assert.equal(ticked(choose(range, NAMES, 'a', 'range')), 'ab')
  assert.equal(ticked(choose(NOTHING, NAMES, 'c', 'range')), 'c')
})

test('a range whose beginning is gone begins anew', () => {
  const lost = { ...choose(NOTHING, NAMES, 'b', 'alone'), anchor: 'x' }
  assert.equal(ticked(choose(lost, NAMES, 'd', 'range')), 'd')
})

const MOVES: readonly [from: string | undefined, move: Move, to: string][] = [
  [undefined, 'down', 'a'],
  [undefined, 'up', 'e'],
  ['a', 'up', 'a'],
  ['a', 'down', 'b'],
  ['e', 'down', 'e'],
  ['c', 'first', 'a'],
  ['c', 'last', 'e'],
  ['b', 'page-down', 'd'],
  ['b', 'page-up', 'a'],
]

for (const [from, move, to] of MOVES) {
  test(`${move} from ${from ?? 'nowhere'} leads to ${to}`, () =>
    assert.equal(moved(at(from), NAMES, move, 2), to))
}

test('in an empty folder no key leads anywhere', () => {
  assert.equal(moved(NOTHING, [], 'down', 10), undefined)
})

test('what is gone is chosen no more, and what stays is kept', () => {
  const all = chooseAll(at('c'), NAMES)
  assert.equal(kept(all, new Set(NAMES)), all)
  const left = kept({ ...all, anchor: 'a' }, new Set(['a', 'b']))
  assert.deepEqual([ticked(left), left.active, left.anchor], ['ab', undefined, 'a'])
})

test('a range is one run of rows from its anchor to where it ends', () => {
  const place = fc.nat(NAMES.length - 1)
  fc.assert(
    fc.property(place, place, (from, to) => {
      const anchor = choose(NOTHING, NAMES, NAMES[from] ?? '', 'alone')
      const range = choose(anchor, NAMES, NAMES[to] ?? '', 'range')
      assert.equal(range.ticked.size, Math.abs(from - to) + 1)
      assert.ok(range.ticked.has(NAMES[from] ?? '') && range.ticked.has(NAMES[to] ?? ''))
    }),
  )
})
