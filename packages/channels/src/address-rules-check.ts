import ipaddr from 'ipaddr.js'
import { compileAddressList } from './address-list.ts'
import { labelOf, type PassiveAddressRule, parseTarget } from './address-rules.ts'
import type { Because } from './decision.ts'
import { ChannelError } from './errors.ts'
import { compileGlobs, splitList } from './glob.ts'

/**
 * Finds what is wrong with passive address rules. Nothing is thrown: all mistakes are told at once. Errors make a rule
 * unusable; warnings are about rules that do something other than they look like.
 */
export function checkAddressRules(rules: readonly PassiveAddressRule[]): {
  errors: Because[]
  warnings: Because[]
} {
  const errors: Because[] = []
  const warnings: Because[] = []
  const earlierRules = new EarlierRules()
  for (const [index, rule] of rules.entries()) {
    const label = labelOf(rule, index)
    const mistakes = mistakesOf(rule)
    const cover = earlierRules.firstThatCovers(rule)
    if (rule.enabled !== false) earlierRules.add(rule, index)
    for (const text of mistakes) errors.push({ code: 'address-rule-unreadable', text: `${label}: ${text}` })
    if (rule.enabled === false || mistakes.length > 0) continue
    if (cover !== undefined) {
      const earlier = rules[cover]
      warnings.push({
        code: 'address-rule-unreachable',
        text: `${label} never matches: ${earlier ? labelOf(earlier, cover) : 'an earlier rule'} fits everybody that it fits. The first rule that fits wins; move it up`,
      })
    }
    const warning = warningAboutAddress(rule)
    if (warning) warnings.push({ code: 'address-rule-private', text: `${label}: ${warning}` })
  }
  return { errors, warnings }
}

function mistakesOf(rule: PassiveAddressRule): string[] {
  const texts: string[] = []
  const attempt = (what: string, read: () => unknown) => {
    try {
      read()
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      texts.push(`${what}: ${error.message}`)
    }
  }
  attempt('userClass', () => compileGlobs(rule.userClass))
  attempt('clients', () => rule.clients !== undefined && compileAddressList(rule.clients))
  attempt('destination', () => rule.destination !== undefined && compileAddressList(rule.destination))
  attempt('address', () => {
    const target = parseTarget(rule.address)
    const range = target.kind === 'literal' ? ipaddr.parse(target.address).range() : undefined
    if (range === 'multicast' || range === 'broadcast' || range === 'unspecified') {
      throw new ChannelError(
        'CHANNEL_SETTING',
        `${rule.address} is a ${range} address: no client can connect to it`,
      )
    }
  })
  return texts
}

/** Which criteria of a rule are given up, so that it fits more: all combinations. */
const WIDER = [0, 1, 2, 3, 4, 5, 6, 7] as const

/**
 * Finds the first rule that fits everybody whom a later one fits, as far as their texts show it: each criterion fits
 * everybody or is the same. So only eight rules can, whatever their number.
 */
class EarlierRules {
  readonly #first = new Map<string, number>()

  add(rule: PassiveAddressRule, index: number): void {
    const key = keyOf(rule, 0)
    if (!this.#first.has(key)) this.#first.set(key, index)
  }

  firstThatCovers(rule: PassiveAddressRule): number | undefined {
    const found = WIDER.flatMap(wider => this.#first.get(keyOf(rule, wider)) ?? [])
    return found.length > 0 ? Math.min(...found) : undefined
  }
}

/** @param wider - a bit for each criterion that is to fit everybody */
function keyOf({ userClass, clients, destination }: PassiveAddressRule, wider: number): string {
  const parts = [userClass, clients, destination]
  return JSON.stringify(parts.map((part, at) => ((wider >> at) & 1 ? '*' : (part ?? '*'))))
}

/** Ranges of {@link ipaddr} that are not reachable from the internet. */
const PRIVATE = new Set(['private', 'loopback', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'])

function warningAboutAddress(rule: PassiveAddressRule): string | undefined {
  const target = parseTarget(rule.address)
  if (target.kind !== 'literal') return undefined
  const range = ipaddr.parse(target.address).range()
  if (!PRIVATE.has(range) || onlyPrivateClients(rule.clients)) return undefined
  return `${target.address} is a ${range} address, which clients outside cannot reach: give the rule the networks it is for (clients: 10.0.0.0/8), or tell a public address`
}

function onlyPrivateClients(clients: string | undefined): boolean {
  if (clients === undefined) return false
  return splitList(clients).every(item => {
    const [first = ''] = item.replaceAll(/[*?]/g, '0').split('/')
    const octets = first.includes(':') ? [first] : first.split('.')
    while (octets.length < 4 && !first.includes(':')) octets.push('0')
    const address = octets.join('.')
    return ipaddr.isValid(address) && item !== '*' && PRIVATE.has(ipaddr.parse(address).range())
  })
}
