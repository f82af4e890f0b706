import { compileGlobs, type Matcher } from '@portolan/channels'
import { GatewayError } from '../errors.ts'
import type { Conditions } from '../model/index.ts'
import { readAddress, withoutZone } from './host.ts'
import { pushTo } from './multimap.ts'
import { readNetwork } from './network.ts'
import { NetworkTable } from './network-table.ts'
import { type Bits, setBit, wordsFor } from './rule-set.ts'
import type { Requester } from './types.ts'

/** A rule that can be asked about: its index in the policy and its conditions. */
export interface IndexedRule {
  readonly index: number
  readonly when: Conditions
}

/**
 * Which rules a requester can fit at all, as one set: by user, groups, device labels and the network that the client comes from. Made
 * in about the time that it takes to copy the set, and once for each glob that has a wildcard.
 */
export class IdentityIndex {
  readonly #users: Values
  readonly #globs: readonly { readonly matches: Matcher; readonly rules: readonly number[] }[]
  readonly #groups: Values
  readonly #labels: Values
  readonly #everywhere: Bits
  readonly #networks = new NetworkTable<number>()

  /**
   * @param count - rules of the policy, disabled ones too
   * @param path - where the rules stand, for errors
   * @throws {GatewayError} `GATEWAY_INVALID` for a glob or a network that cannot be read
   */
  constructor(rules: readonly IndexedRule[], count: number, path: string) {
    const globs = new Map<string, number[]>()
    this.#users = new Values(count)
    this.#groups = new Values(count)
    this.#labels = new Values(count)
    this.#everywhere = new Uint32Array(wordsFor(count))
    for (const { index, when } of rules) {
      const isPlain = (user: string) => !/[*?,\s]/.test(user)
      this.#users.add(index, when.users?.filter(isPlain))
      for (const glob of when.users?.filter(user => !isPlain(user)) ?? []) pushTo(globs, glob, index)
      this.#groups.add(index, when.groups)
      this.#labels.add(index, when.deviceLabels)
      if (when.clientNetworks === undefined) setBit(this.#everywhere, index)
      for (const [at, network] of (when.clientNetworks ?? []).entries()) {
        this.#addNetwork(network, index, `${path}[${index}].when.clientNetworks[${at}]`)
      }
    }
    this.#globs = [...globs].map(([glob, indexes]) => ({
      matches: compileGlob(glob, path, indexes),
      rules: indexes,
    }))
  }

  rulesOf({ user, groups, deviceLabels, clientAddress }: Requester): Bits {
    const bits = this.#users.of([user])
    for (const { matches, rules } of this.#globs) {
      if (matches(user)) for (const index of rules) setBit(bits, index)
    }
    const network = this.#everywhere.slice()
    const address = readAddress(withoutZone(clientAddress))
    if (address) this.#networks.each(address, index => setBit(network, index))
    for (const other of [this.#groups.of(groups), this.#labels.of(deviceLabels), network]) {
      for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] ?? 0) & (other[word] ?? 0)
    }
    return bits
  }

  #addNetwork(text: string, index: number, path: string): void {
    const network = readNetwork(text)
    if (network === undefined) throw unreadable(path, text, 'is no network')
    this.#networks.add(network, index)
  }
}

/** Rules by exact values of one condition. */
class Values {
  readonly #without: Bits
  readonly #by = new Map<string, number[]>()

  constructor(count: number) {
    this.#without = new Uint32Array(wordsFor(count))
  }

  /** @param values - undefined: the rule has no such condition */
  add(index: number, values: readonly string[] | undefined): void {
    if (values === undefined) setBit(this.#without, index)
    for (const value of values ?? []) pushTo(this.#by, value, index)
  }

  of(values: readonly string[]): Bits {
    const bits = this.#without.slice()
    if (this.#by.size === 0) return bits
    for (const value of values) for (const index of this.#by.get(value) ?? []) setBit(bits, index)
    return bits
  }
}

function compileGlob(glob: string, path: string, [first = 0]: readonly number[]): Matcher {
  try {
    return compileGlobs(glob)
  } catch (error) {
    throw unreadable(
      `${path}[${first}].when.users`,
      glob,
      error instanceof Error ? error.message : String(error),
    )
  }
}

/** A rule that cannot be read cannot be passed over: it may be the one that denies. */
export const unreadable = (path: string, written: string, message: string) =>
  new GatewayError('GATEWAY_INVALID', `${path} cannot be read: ${JSON.stringify(written)} ${message}.`, {
    problems: [{ path, message }],
  })
