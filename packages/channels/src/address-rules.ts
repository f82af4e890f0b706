import { isIP } from 'node:net'
import { normaliseAddress } from '@portolan/protocol'
import { compileAddressList } from './address-list.ts'
import { type Decision, decide } from './decision.ts'
import { DnsCache } from './dns-cache.ts'
import { ChannelError } from './errors.ts'
import { compileGlobs, type Matcher } from './glob.ts'

/** Which address PASV tells which clients. A criterion that is absent fits everybody; those that are given have to fit together. */
export interface PassiveAddressRule {
  /** For the log and the console. Default: the rule's number. */
  readonly name?: string | undefined
  /** User classes: globs with `*` and `?`, separated by commas. `*` is everybody. */
  readonly userClass: string
  /** Client addresses: single ones, CIDR networks, wildcard addresses, separated by commas. */
  readonly clients?: string | undefined
  /** The address that the client dialled (PROXY protocol's destination, else our own): the same forms. */
  readonly destination?: string | undefined
  /**
   * An IP address; a DNS name; `local`: our address on the control connection; `control`: the address that the client
   * dialled. `0.0.0.0` is another way to write `control`.
   */
  readonly address: string
  /** Default true. */
  readonly enabled?: boolean | undefined
}

/** For whom an address is wanted. */
export interface AddressAsk {
  readonly userClass: string
  readonly client: string
  /** Our address on the control connection. */
  readonly local: string
  /** What the client dialled: PROXY protocol's destination, else `local`. */
  readonly destination: string
  /** 4 for PASV, which cannot carry anything else. */
  readonly family: 4 | 6
}

/** The compiled rules. */
export interface AddressRules {
  /**
   * The address to tell: that of the first enabled rule that fits, else our address on the control connection.
   * @throws {ChannelError} `CHANNEL_ADDRESS` when a DNS name has no answer, or PASV would have to carry IPv6
   */
  choose(ask: AddressAsk): Promise<Decision<string>>
}

/** What a rule's `address` stands for. */
export type AddressTarget =
  | { readonly kind: 'literal'; readonly address: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'local' }
  | { readonly kind: 'control' }

interface CompiledRule {
  readonly label: string
  readonly target: AddressTarget
  readonly userClass: Matcher
  readonly clients: Matcher | undefined
  readonly destination: Matcher | undefined
}

/**
 * Compiles the ordered rules.
 * @throws {ChannelError} `CHANNEL_SETTING` that names the part which cannot be read; see `checkAddressRules` to find all mistakes at once
 */
export function compileAddressRules(
  rules: readonly PassiveAddressRule[],
  { dns = new DnsCache() }: { dns?: DnsCache } = {},
): AddressRules {
  const compiled = rules.flatMap((rule, index) => (rule.enabled === false ? [] : [compileRule(rule, index)]))
  return {
    async choose(ask) {
      const rule = compiled.find(one => ruleFits(one, ask))
      return forFamily(await answer(rule, ask, dns), ask.family)
    },
  }
}

/** How people call a rule. */
export function labelOf(rule: PassiveAddressRule, index: number): string {
  return rule.name ? `passive address rule ${index + 1} (${rule.name})` : `passive address rule ${index + 1}`
}

/** @throws {ChannelError} `CHANNEL_SETTING` for what is neither an address, nor a name, nor a word that is known */
export function parseTarget(text: string): AddressTarget {
  if (text === 'local' || text === 'control') return { kind: text }
  if (text === '0.0.0.0' || text === '::') return { kind: 'control' }
  if (isIP(text) !== 0 && !text.includes('%')) return { kind: 'literal', address: normaliseAddress(text) }
  if (isHostName(text)) return { kind: 'name', name: text }
  throw new ChannelError(
    'CHANNEL_SETTING',
    `"${text}" cannot be told to a client: write an IP address, a DNS name, local or control`,
  )
}

/** RFC 1123 section 2.1. A name without a letter is a mistyped address. */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.')
  const isLabel = (label: string) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label)
  return text.length <= 253 && labels.every(isLabel) && /[A-Za-z]/.test(labels.at(-1) ?? '')
}

function compileRule(rule: PassiveAddressRule, index: number): CompiledRule {
  return {
    label: labelOf(rule, index),
    target: parseTarget(rule.address),
    userClass: compileGlobs(rule.userClass),
    clients: rule.clients === undefined ? undefined : compileAddressList(rule.clients),
    destination: rule.destination === undefined ? undefined : compileAddressList(rule.destination),
  }
}

function ruleFits({ userClass, clients, destination }: CompiledRule, ask: AddressAsk): boolean {
  if (!userClass(ask.userClass)) return false
  return (clients?.(ask.client) ?? true) && (destination?.(ask.destination) ?? true)
}

async function answer(
  rule: CompiledRule | undefined,
  ask: AddressAsk,
  dns: DnsCache,
): Promise<Decision<string>> {
  const local = normaliseAddress(ask.local)
  if (!rule) {
    const text = `no passive address rule fits class ${ask.userClass} from ${ask.client}: the local address of the control connection, ${local}, is told`
    return decide(local, 'no-address-rule', text)
  }
  const { target, label } = rule
  switch (target.kind) {
    case 'local':
      return decide(
        local,
        'address-rule',
        `${label} tells the local address of the control connection, ${local}`,
      )
    case 'control': {
      const dialled = normaliseAddress(ask.destination)
      return decide(dialled, 'address-rule', `${label} tells the address that the client dialled, ${dialled}`)
    }
    case 'literal':
      return decide(target.address, 'address-rule', `${label} tells ${target.address}`)
    case 'name': {
      const { value, because } = await dns.resolve(target.name, ask.family)
      const code = because.code === 'dns' ? 'address-rule' : 'address-rule-last-good'
      return decide(normaliseAddress(value), code, `${label} tells ${target.name}: ${because.text}`)
    }
  }
}

/** A PASV reply has room for four numbers. An answer that is not the truth would cost the client its whole timeout. */
function forFamily(decision: Decision<string>, family: 4 | 6): Decision<string> {
  if (family === 6 || isIP(decision.value) === 4) return decision
  throw new ChannelError(
    'CHANNEL_ADDRESS',
    `PASV cannot carry the IPv6 address ${decision.value} (${decision.because.text}): use EPSV, or add a passive address rule with an IPv4 address`,
  )
}
