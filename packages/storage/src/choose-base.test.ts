import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseBase } from './choose-base.ts'

const none = undefined
const cases: [
  wanted: number | 'end',
  published: number | undefined,
  kept: number | undefined,
  from: string,
  at: number,
][] = [
  [0, none, none, 'nothing', 0],
  [0, 10, 5, 'nothing', 0],
  ['end', none, none, 'nothing', 0],
  ['end', none, 5, 'kept', 5],
  ['end', 10, none, 'published', 10],
  ['end', 10, 10, 'published', 10],
  ['end', 0, 7, 'published', 0],
  [5, none, 5, 'kept', 5],
  [5, none, 9, 'kept', 5],
  [5, 9, none, 'published', 5],
  [5, 9, 5, 'kept', 5],
  [5, 5, 5, 'kept', 5],
  [5, 9, 8, 'published', 5],
  [5, 4, 9, 'kept', 5],
]

for (const [wanted, published, kept, from, offset] of cases) {
  test(`from ${wanted} with ${published} published and ${kept} kept bytes: ${from}`, () => {
    assert.deepEqual(chooseBase(wanted, published, kept), { from, offset })
  })
}

for (const [wanted, published, kept, text] of [
  [1, none, none, /nothing to continue/],
  [1, 0, none, /nothing to continue/],
  [6, 5, none, /There are 5 bytes/],
  [6, 5, 4, /There are 5 bytes/],
  [9, 5, 8, /There are 8 bytes/],
] as const) {
  test(`from ${wanted} with ${published} published and ${kept} kept bytes: refused, with what is there`, () => {
    assert.throws(() => chooseBase(wanted, published, kept), { code: 'STORAGE_BAD_OFFSET', message: text })
  })
}

test('the chosen base always holds the bytes that are to stay', () => {
  const size = fc.option(fc.nat(20), { nil: undefined })
  fc.assert(
    fc.property(fc.oneof(fc.nat(20), fc.constant('end' as const)), size, size, (wanted, published, kept) => {
      let base: ReturnType<typeof chooseBase>
      try {
        base = chooseBase(wanted, published, kept)
      } catch {
        assert.ok(wanted !== 'end' && wanted > Math.max(published ?? 0, kept ?? 0))
        return
      }
      const held = { nothing: 0, kept, published }[base.from]
      assert.ok(held !== undefined && held >= base.offset)
      if (wanted !== 'end') assert.equal(base.offset, wanted)
    }),
  )
})
