import type { Conditions, PortRange, Segment, TimeWindow } from '../model/index.ts'
import type { AccessConfig, AccessDecision, Requester, Target } from './types.ts'

/*
 * The specification of a decision, once more, slowly: everything is gone through from the first to the last, addresses are 128 bits in
 * a BigInt, globs are regular expressions and times are read from the clock that Intl shows. It shares no line with what it judges.
 */

/** What a policy has to agree on with this. */
export type Verdict = Pick<AccessDecision, 'action' | 'rule' | 'segment' | 'application' | 'message'> & {
  readonly code?: string
}

/** Judges one request. */
export function judge(config: AccessConfig, who: Requester, target: Target, now: number): Verdict {
  const matches = config.segments
    .flatMap(segment => segment.applications.map(application => ({ segment, application })))
    .map(one => ({ ...one, score: specificity(one.application, target.host) }))
    .filter(({ score }) => score >= 0)
  const best = highest(matches.filter(({ segment }) => hasPort(segment.ports, target.port)))
  if (!best) {
    const near = highest(matches)
    if (!near) return { action: 'deny', code: 'POL_NO_SEGMENT' }
    return {
      action: 'deny',
      code: 'POL_WRONG_PORT',
      segment: near.segment.name,
      application: near.application,
    }
  }
  const { segment, application } = best
  const at = { segment: segment.name, application }
  const group = config.segmentGroups.find(({ name }) => name === segment.segmentGroup)
  if (!segment.enabled || !group?.enabled) return { action: 'deny', code: 'POL_SEGMENT_DISABLED', ...at }

  const isTrusted = config.trustedNetworks.some(network => isInside(network, who.clientAddress))
  if (segment.bypass === 'always' || (segment.bypass === 'on-net' && isTrusted)) {
    return { action: 'bypass', code: 'POL_BYPASSED', ...at, rule: { policy: 'segment', name: segment.name } }
  }
  const fits = (rule: { enabled: boolean; when: Conditions }) =>
    rule.enabled && holds(rule.when, segment, who, now)
  const forwarding = segment.bypass === 'never' ? -1 : config.forwarding.rules.findIndex(fits)
  const way = config.forwarding.rules[forwarding]
  const byWay = { rule: { policy: 'forwarding', name: way?.name ?? '', place: forwarding + 1 } } as const
  if (way?.action === 'bypass') return { action: 'bypass', code: 'POL_BYPASSED', ...at, ...byWay }
  const place = config.access.rules.findIndex(fits)
  const rule = config.access.rules[place]
  const byRule = { rule: { policy: 'access', name: rule?.name ?? '', place: place + 1 } } as const
  if (rule?.action === 'allow') return { action: 'allow', ...at, ...byRule }
  if (way?.action === 'forward-allowed') return { action: 'bypass', code: 'POL_BYPASSED', ...at, ...byWay }
  if (!rule) return { action: 'deny', code: 'POL_NO_RULE', ...at }
  const said = rule.message === undefined ? {} : { message: rule.message }
  return { action: 'deny', code: 'POL_DENIED', ...at, ...byRule, ...said }
}

/** The first of those with the highest score. */
function highest<One extends { readonly score: number }>(all: readonly One[]): One | undefined {
  const score = Math.max(...all.map(one => one.score))
  return all.find(one => one.score === score)
}

const hasPort = (ports: readonly PortRange[], port: number) =>
  ports.some(({ from, to }) => port >= from && port <= to)

/** How exactly an application means a host; -1 when it does not. */
function specificity(application: string, host: string): number {
  const plainHost = host.replace(/^\[(.*)\]$/, '$1')
  if (bitsOf(plainHost) !== undefined) {
    const network = networkOf(application.replace(/^\[(.*)\]$/, '$1'))
    return network && isInside(application.replace(/^\[(.*)\]$/, '$1'), plainHost) ? network.prefix : -1
  }
  const name = host.toLowerCase().replace(/\.$/, '')
  const meant = application.toLowerCase().replace(/\.$/, '')
  if (meant === name) return 1_000
  if (!meant.startsWith('*.') || !name.endsWith(meant.slice(1))) return -1
  return name.length > meant.length - 1 ? meant.length : -1
}

/** All four conditions about who, both about what, and the one about when. */
function holds(when: Conditions, segment: Segment, who: Requester, now: number): boolean {
  return [
    when.users?.some(list => list.split(',').some(glob => regexOf(glob.trim()).test(who.user))),
    when.groups?.some(group => who.groups.includes(group)),
    when.segments?.includes(segment.name),
    when.segmentGroups?.includes(segment.segmentGroup),
    when.clientNetworks?.some(network => isInside(network, who.clientAddress)),
    when.deviceLabels?.some(label => who.deviceLabels.includes(label)),
    when.times?.some(window => isWithin(window, now)),
  ].every(condition => condition !== false)
}

const regexOf = (glob: string) =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^]*')
      .replaceAll('?', '[^]')}$`,
  )

const DAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Whether the clock on the wall is within the window that began today, or within the one that began on the day before. */
function isWithin({ days, from, to, timeZone }: TimeWindow, now: number): boolean {
  const shown = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const [weekday = '', time = ''] = shown.format(now).split(/,? /)
  const today = DAYS.indexOf(weekday.toLowerCase())
  const isOn = (day: number) => days.some(one => one === DAYS[(day + 7) % 7])
  if (from < to) return isOn(today) && from <= time && time < to
  return (isOn(today) && from <= time) || (isOn(today - 1) && time < to)
}

/** An address in 128 bits, IPv4 as IPv4-mapped; undefined for what is none. */
function bitsOf(text: string): bigint | undefined {
  if (/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(text)) {
    return text.split('.').reduce((bits, octet) => bits * 256n + BigInt(octet), 0xffffn)
  }
  if (!text.includes(':') || !/^[0-9a-f:.]+$/i.test(text)) return undefined
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (tail) {
    const last = bitsOf(tail[2] ?? '')
    if (last === undefined) return undefined
    const [high, low] = [(last >> 16n) & 0xffffn, last & 0xffffn]
    return bitsOf(`${tail[1]}${high.toString(16)}:${low.toString(16)}`)
  }
  const halves = text.split('::').map(half => (half === '' ? [] : half.split(':')))
  const [front = [], back = []] = halves
  const zeros = 8 - front.length - back.length
  if (halves.length > 2 || (halves.length === 2 ? zeros < 1 : zeros !== 0)) return undefined
  const groups = [...front, ...new Array<string>(zeros).fill('0'), ...back]
  if (!groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((bits, group) => bits * 65_536n + BigInt(`0x${group}`), 0n)
}

const isFour = (bits: bigint) => bits >> 32n === 0xffffn

function networkOf(
  text: string,
): { readonly bits: bigint; readonly prefix: number; readonly isFour: boolean } | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const bits = bitsOf(address)
  if (bits === undefined || rest.length > 0) return undefined
  const most = address.includes(':') ? 128 : 32
  const prefix = 128 - most + (length === undefined ? most : Number(length))
  return { bits, prefix, isFour: isFour(bits) && prefix >= 96 }
}

/** A network of IPv6 that is wider than all of IPv4 does not hold IPv4. */
function isInside(text: string, address: string): boolean {
  const network = networkOf(text)
  const bits = bitsOf(address.replace(/%.*$/, ''))
  if (!network || bits === undefined || network.isFour !== isFour(bits)) return false
  const rest = BigInt(128 - network.prefix)
  return bits >> rest === network.bits >> rest
}
