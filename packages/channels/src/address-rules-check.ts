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
  for (const [index, rule] of rules.entries()) {
    const label = labelOf(rule, index)
    const mistakes = mistakesOf(rule)
    for (const text of mistakes) errors.push({ code: 'address-rule-unreadable', text: `${label}: ${text}` })
    if (rule.enabled === false || mistakes.length > 0) continue
    const cover = rules
      .slice(0, index)
      .findIndex(earlier => earlier.enabled !== false && covers(earlier, rule))
    if (cover >= 0) {
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

/** Whether `earlier` fits everybody that `later` fits, as far as their texts show it. */
function covers(earlier: PassiveAddressRule, later: PassiveAddressRule): boolean {
  const part = (wide: string | undefined, narrow: string | undefined) =>
    wide === undefined || wide === '*' || wide === narrow
  return (
    part(earlier.userClass, later.userClass) &&
    part(earlier.clients, later.clients) &&
    part(earlier.destination, later.destination)
  )
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
