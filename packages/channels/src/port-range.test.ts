import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkRanges, ephemeralRange, PortRange, reservedPorts } from './port-range.ts'

const range = (basePort: number, numberOfPorts: number) => PortRange.of({ basePort, numberOfPorts })

test('the end port is computed from base port and number of ports', () => {
  const passive = range(61_000, 1024)
  assert.deepEqual([passive.base, passive.count, passive.end], [61_000, 1024, 62_023])
  assert.equal(String(passive), '61000-62023')
  assert.equal(String(range(2000, 1)), '2000')
})

const refused: readonly (readonly [number, number, RegExp])[] = [
  [1023, 1, /base port 1023 is not allowed.*1024 to 65535/],
  [65_536, 1, /base port 65536/],
  [0, 10, /base port 0/],
  [2000.5, 1, /base port 2000.5/],
  [Number.NaN, 1, /base port NaN/],
  [61_000, 0, /number of ports 0 is not allowed.*1 to 4536/],
  [61_000, -5, /number of ports -5/],
  [61_000, 4537, /would end at 65536.*at most 4536 ports, or a base port of at most 60999/],
  [65_535, 2, /would end at 65536.*at most 1 ports/],
]
for (const [basePort, numberOfPorts, message] of refused) {
  test(`${numberOfPorts} ports from ${basePort} are refused with what is allowed`, () => {
    assert.throws(() => range(basePort, numberOfPorts), { code: 'CHANNEL_SETTING', message })
  })
}

test('the highest port may be the last one', () => {
  assert.equal(range(65_535, 1).end, 65_535)
  assert.equal(range(1024, 64_512).end, 65_535)
})

const anyRange = fc
  .tuple(fc.integer({ min: 1024, max: 65_535 }), fc.integer({ min: 1, max: 3000 }))
  .map(([base, count]) => range(base, Math.min(count, 65_536 - base)))

test('two ranges overlap exactly when they have a port in common', () => {
  fc.assert(
    fc.property(anyRange, anyRange, (a, b) => {
      const common = a.contains(b.base) || b.contains(a.base)
      assert.equal(a.overlaps(b), common)
      assert.equal(b.overlaps(a), common)
      assert.equal(a.overlaps(a.end), true)
      assert.equal(a.overlaps(a.end + 1), false)
    }),
  )
})

test('the slices of workers are the range, in order, without overlap and evenly', () => {
  fc.assert(
    fc.property(anyRange, fc.integer({ min: 1, max: 64 }), (whole, workers) => {
      fc.pre(workers <= whole.count)
      const slices = Array.from({ length: workers }, (_, i) => whole.slice(i, workers))
      assert.deepEqual(
        slices.flatMap(slice => [...slice.ports()]),
        [...whole.ports()],
      )
      const sizes = slices.map(slice => slice.count)
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
    }),
  )
})

test('more workers than ports is a setting to correct', () => {
  assert.throws(() => range(2000, 2).slice(0, 3), {
    code: 'CHANNEL_SETTING',
    message: /at least 3 ports, or fewer workers/,
  })
  assert.throws(() => range(2000, 2).slice(2, 2), RangeError)
})

test('the ephemeral range is read as the kernel prints it', () => {
  assert.equal(String(ephemeralRange(() => '32768\t60999\n')), '32768-60999')
  assert.equal(String(ephemeralRange(() => '500 2000\n')), '1024-2000')
  assert.equal(
    ephemeralRange(() => 'nonsense'),
    undefined,
  )
  assert.equal(
    ephemeralRange(() => {
      throw new Error('ENOENT')
    }),
    undefined,
  )
})

test('reserved ports are read as the kernel prints them', () => {
  const reserved = reservedPorts(() => '8080,50000-50009\n')
  assert.deepEqual([8079, 8080, 49_999, 50_000, 50_009, 50_010].map(reserved), [
    false,
    true,
    false,
    true,
    true,
    false,
  ])
  assert.equal(reservedPorts(() => '\n')(0), false)
})

const noneReserved = () => false

test('every overlap is told at once, and says what to move', () => {
  const { errors, warnings } = checkRanges({
    passive: range(50_000, 100),
    active: range(50_050, 100),
    listeners: [
      { name: 'public', port: 50_001 },
      { name: 'any', port: 0 },
    ],
    ephemeral: undefined,
    reserved: noneReserved,
  })
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['range-overlaps-listener', 'ranges-overlap'],
  )
  assert.match(errors[0]?.text ?? '', /passive ports 50000-50099 contain port 50001 of the listener public/)
  assert.deepEqual(warnings, [])
})

test('an overlap with the ephemeral range is a warning that says how to avoid it', () => {
  const settings = { passive: range(60_000, 2000), listeners: [], ephemeral: range(32_768, 28_232) }
  const { errors, warnings } = checkRanges({ ...settings, reserved: noneReserved })
  assert.deepEqual(errors, [])
  assert.equal(warnings[0]?.code, 'range-overlaps-ephemeral')
  assert.match(warnings[0]?.text ?? '', /1000 of the passive ports .*ip_local_reserved_ports=60000-61999/)
  const reserved = reservedPorts(() => '60000-61999')
  assert.deepEqual(checkRanges({ ...settings, reserved }).warnings, [])
})

test('the default passive range is outside what Linux hands out by default', () => {
  const { errors, warnings } = checkRanges({
    passive: range(61_000, 1024),
    listeners: [{ name: 'public', port: 2121 }],
    ephemeral: range(32_768, 28_232),
    reserved: noneReserved,
  })
  assert.deepEqual([errors, warnings], [[], []])
})
