import { randomInt } from 'node:crypto'
import { FreeSet, type RandomBelow } from './free-set.ts'
import type { PortRange } from './port-range.ts'

/** Every port of the range once, in random order. Costs nothing for the ports that are never asked for. */
export function* randomOrder(
  range: PortRange,
  random: RandomBelow = randomInt,
): Generator<number, void, undefined> {
  const offsets = new FreeSet(range.count)
  for (let offset = offsets.takeAny(random); offset !== undefined; offset = offsets.takeAny(random)) {
    yield range.base + offset
  }
}
