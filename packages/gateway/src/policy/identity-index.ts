import type { Conditions } from '../model/index.ts'
import { readAddress, withoutZone } from './host.ts'
import { pushTo } from './multimap.ts'
import { readNetwork } from './network.ts'
import { NetworkTable } from './network-table.ts'
import { addSet, type Bits, type RuleSet, ruleSet, ruleSets, setBit, wordsFor } from './rule-set.ts'
import type { Requester } from './types.ts'
import { unreadable } from './unreadable.ts'
import { checkUsers, UsersIndex } from './users-index.ts'

/** A rule that can be asked about: its index in the policy and its conditions. */
export interface IndexedRule {
  readonly index: number
  readonly when: Conditions
}

/** One condition: the rules that do not have it, and those that do by its values. */
interface Condition<By> {
  readonly without: Bits
  readonly by: By
}

/** Which rules a requester can fit at all, as one set: by user, groups, device labels and the network that the client comes from. */
export class IdentityIndex {
  readonly #users: Condition<UsersIndex>
  readonly #groups: Condition<ReadonlyMap<string, RuleSet>>
  readonly #labels: Condition<ReadonlyMap<string, RuleSet>>
  readonly #networks: Condition<NetworkTable<RuleSet>>

  /**
   * @param count - rules of the policy, disabled ones too
   * @param path - where the rules stand, for errors
   * @throws {GatewayError} `GATEWAY_INVALID` for a glob or a network that cannot be read
   */
  constructor(rules: readonly IndexedRule[], count: number, path: string) {
    const sort = (valuesOf: (when: Conditions) => readonly string[] | undefined) => {
      const without = new Uint32Array(wordsFor(count))
      const by = new Map<string, number[]>()
      for (const { index, when } of rules) {
        const values = valuesOf(when)
        if (values === undefined) setBit(without, index)
        for (const value of new Set(values)) pushTo(by, value, index)
      }
      return { without, by }
    }
    checkConditions(rules, path)
    const [users, groups] = [sort(when => when.users), sort(when => when.groups)]
    const [labels, networks] = [sort(when => when.deviceLabels), sort(when => when.clientNetworks)]
    this.#users = { without: users.without, by: new UsersIndex(users.by, count) }
    this.#groups = { without: groups.without, by: ruleSets(groups.by, count) }
    this.#labels = { without: labels.without, by: ruleSets(labels.by, count) }
    this.#networks = { without: networks.without, by: tableOf(networks.by, count) }
  }

  rulesOf({ user, groups, deviceLabels, clientAddress }: Requester): Bits {
    const bits = this.#users.without.slice()
    this.#users.by.addTo(bits, user)
    keep(bits, withValues(this.#groups, groups))
    keep(bits, withValues(this.#labels, deviceLabels))
    const network = this.#networks.without.slice()
    const address = readAddress(withoutZone(clientAddress))
    if (address) this.#networks.by.each(address, set => addSet(network, set))
    keep(bits, network)
    return bits
  }
}

function checkConditions(rules: readonly IndexedRule[], path: string): void {
  for (const { index, when } of rules) {
    const at = `${path}[${index}].when`
    for (const [place, list] of (when.users ?? []).entries()) checkUsers(list, `${at}.users[${place}]`)
    for (const [place, text] of (when.clientNetworks ?? []).entries()) {
      if (!readNetwork(text)) throw unreadable(`${at}.clientNetworks[${place}]`, text, 'is no network')
    }
  }
}

function tableOf(lists: ReadonlyMap<string, readonly number[]>, count: number): NetworkTable<RuleSet> {
  const table = new NetworkTable<RuleSet>()
  for (const [text, rules] of lists) {
    const network = readNetwork(text)
    if (network) table.add(network, ruleSet(rules, count))
  }
  return table
}

function withValues(
  { without, by }: Condition<ReadonlyMap<string, RuleSet>>,
  values: readonly string[],
): Bits {
  if (by.size === 0) return without
  const bits = without.slice()
  for (const value of values) addSet(bits, by.get(value))
  return bits
}

/** Takes out what is not in the other set. */
function keep(bits: Bits, other: Bits): void {
  for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] ?? 0) & (other[word] ?? 0)
}
