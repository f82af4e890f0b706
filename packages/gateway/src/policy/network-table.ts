import type { Address } from './host.ts'
import { keyOfFour, type Network } from './network.ts'

interface Level<Key, Item> {
  readonly prefix: number
  /** How far an IPv6 address is shifted. */
  readonly rest: bigint
  readonly items: Map<Key, Item[]>
}

/** Networks and what belongs to them. To find what holds an address takes one look for each length of prefix that there is. */
export class NetworkTable<Item> {
  readonly #four: Level<number, Item>[] = []
  readonly #six: Level<bigint, Item>[] = []

  add(network: Network, item: Item): void {
    if (network.family === 4) itemsOf(levelOf(this.#four, network.prefix), network.key).push(item)
    else itemsOf(levelOf(this.#six, network.prefix), network.key).push(item)
  }

  /** Goes through the networks that hold the address, the longest prefix first, until one yields a result. */
  find<Result>(address: Address, visit: (items: readonly Item[]) => Result | undefined): Result | undefined {
    if (address.family === 4) {
      for (const { prefix, items } of this.#four) {
        const found = items.get(keyOfFour(address.value, prefix))
        const result = found && visit(found)
        if (result !== undefined) return result
      }
      return undefined
    }
    for (const { rest, items } of this.#six) {
      const found = items.get(address.value >> rest)
      const result = found && visit(found)
      if (result !== undefined) return result
    }
    return undefined
  }

  /** What belongs to that very network. */
  at(network: Network): readonly Item[] {
    const { prefix } = network
    if (network.family === 4)
      return this.#four.find(level => level.prefix === prefix)?.items.get(network.key) ?? []
    return this.#six.find(level => level.prefix === prefix)?.items.get(network.key) ?? []
  }

  /** All that belongs to networks of which this one is a part. */
  wider(network: Network): readonly Item[] {
    if (network.family === 4) {
      const address = network.key * 2 ** (32 - network.prefix)
      const levels = this.#four.filter(({ prefix }) => prefix < network.prefix)
      return levels.flatMap(({ prefix, items }) => items.get(keyOfFour(address, prefix)) ?? [])
    }
    const levels = this.#six.filter(({ prefix }) => prefix < network.prefix)
    return levels.flatMap(
      ({ prefix, items }) => items.get(network.key >> BigInt(network.prefix - prefix)) ?? [],
    )
  }

  has(address: Address): boolean {
    return this.find(address, () => true) === true
  }

  /** All that belongs to networks that hold the address. */
  each(address: Address, take: (item: Item) => void): void {
    this.find(address, items => {
      for (const item of items) take(item)
      return undefined
    })
  }
}

function levelOf<Key, Item>(levels: Level<Key, Item>[], prefix: number): Level<Key, Item> {
  const at = levels.findIndex(level => level.prefix <= prefix)
  const known = levels[at]
  if (known?.prefix === prefix) return known
  const level = { prefix, rest: BigInt(Math.max(0, 128 - prefix)), items: new Map<Key, Item[]>() }
  levels.splice(at < 0 ? levels.length : at, 0, level)
  return level
}

function itemsOf<Key, Item>({ items }: Level<Key, Item>, key: Key): Item[] {
  const known = items.get(key)
  if (known) return known
  const made: Item[] = []
  items.set(key, made)
  return made
}
