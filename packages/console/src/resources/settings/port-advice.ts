import { ChannelError, checkRanges, ephemeralRange, PortRange, reservedPorts } from '@portolan/channels'
import { PlanError, plan } from '@portolan/doctor'
import type { Settings } from '@portolan/settings'
import type { PortAdvice } from '../../contract/index.ts'

/** A range as it is being typed. */
export interface PortAdviceAsk {
  readonly basePort: number
  readonly numberOfPorts: number
  readonly kind: 'passive' | 'active'
}

/** What the advice goes by. */
export interface PortAdviceFacts {
  readonly settings: Settings
  /** Worker processes that share the passive ports. */
  readonly workers: number
  /** Ports that the kernel gives to outgoing connections. Default: what the kernel says. */
  readonly ephemeral?: PortRange | undefined
}

/** Parallel connections that usual clients open: FileZilla and WinSCP up to ten. */
const PARALLEL = 10
/** Seconds that a transfer takes on average, and for which its port rests in TIME_WAIT afterwards. */
const TRANSFER_SECONDS = 15

/** What a range of ports is good for. Whatever is given, there is an answer: people ask while they type. */
export function adviseOnPorts(ask: PortAdviceAsk, facts: PortAdviceFacts): PortAdvice {
  const { basePort, numberOfPorts, kind } = ask
  const portEnd = basePort + numberOfPorts - 1
  const end = Number.isSafeInteger(portEnd) && numberOfPorts >= 1 ? { portEnd } : {}
  const noNumbers = [
    ...(Number.isNaN(basePort) ? ['The base port has to be a whole number from 1024 to 65535.'] : []),
    ...(Number.isNaN(numberOfPorts) ? ['The number of ports has to be a whole number, 1 at least.'] : []),
  ]
  if (noNumbers.length > 0) return { problems: noNumbers, advice: [] }
  let range: PortRange
  try {
    range = PortRange.of(ask)
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    return { ...end, problems: [sentence(error.message)], advice: [] }
  }
  const found = overlaps(kind, range, facts)
  const advice = kind === 'passive' ? passiveAdvice(range, facts) : activeAdvice(range)
  return { ...end, problems: found.errors, advice: [...advice, ...found.warnings] }
}

function overlaps(kind: 'passive' | 'active', range: PortRange, { settings, ...facts }: PortAdviceFacts) {
  const { passive, active, listeners, metrics, console } = settings
  const other =
    kind === 'active'
      ? { ...(passive.enabled && { passive: rangeOf(passive) }), active: range }
      : { passive: range, ...(active.enabled && { active: rangeOf(active) }) }
  const services = [
    ...listeners,
    ...(metrics ? [{ name: 'metrics', port: metrics.port }] : []),
    ...(console.enabled ? [{ name: 'console', port: console.port }] : []),
  ]
  const ephemeral = 'ephemeral' in facts ? facts.ephemeral : ephemeralRange()
  const { errors, warnings } = checkRanges({
    ...withoutAbsent(other),
    listeners: services,
    ephemeral,
    reserved: reservedPorts(),
  })
  // The other range has its own advice.
  const isOurs = ({ text }: { text: string }) => text.includes(` ${kind} ports ${range} `)
  const told = (list: typeof errors) => list.filter(isOurs).map(({ text }) => sentence(text))
  return { errors: told(errors), warnings: told(warnings) }
}

function rangeOf({ basePort, numberOfPorts }: { basePort?: number; numberOfPorts: number }) {
  return basePort === undefined ? undefined : PortRange.of({ basePort, numberOfPorts })
}

function withoutAbsent({
  passive,
  active,
}: {
  passive?: PortRange | undefined
  active?: PortRange | undefined
}) {
  return { ...(passive && { passive }), ...(active && { active }) }
}

function passiveAdvice(range: PortRange, { settings, workers }: PortAdviceFacts): string[] {
  const { count } = range
  const isOne = count === 1
  const each = Math.floor(count / Math.min(workers, count))
  const perWorker = workers > 1 ? `; each of ${Math.min(workers, count)} workers has ${each} of them` : ''
  const steady = Math.max(1, Math.floor((count * TRANSFER_SECONDS) / (TRANSFER_SECONDS + 60)))
  const byClient = `Shared by client address (sharing: by-client), ${isOne ? '1 port lets' : `${count} ports let`} every client address wait for ${isOne ? '1 data connection' : `${count} data connections`} at once${perWorker}. Any number of addresses use ${isOne ? 'it' : 'them'} at the same time.`
  const exclusive = `With sharing: exclusive, ${isOne ? '1 port allows 1 transfer' : `${count} ports allow ${count} transfers`} to begin at once; when each takes ${TRANSFER_SECONDS} seconds and its port rests 60 more, about ${steady} at a time in the long run.`
  const inForce = settings.passive.sharing === 'by-client' ? [byClient, exclusive] : [exclusive, byClient]
  return [
    ...inForce,
    ...needOf(range, workers),
    `The firewall has to let TCP ${range} in, next to the control ports: ufw allow ${`${range}`.replace('-', ':')}/tcp`,
  ]
}

/** Whether clients with parallel transfers find ports enough, by the planner. */
function needOf(range: PortRange, workers: number): string[] {
  try {
    const { need } = plan({ clients: PARALLEL, perClient: PARALLEL, workers, basePort: range.base })
    const { minimum, recommended } = need.shared
    if (range.count >= recommended.value) return []
    const [least, best] = [minimum.value, recommended.value]
    const how =
      range.count < least
        ? `needs ${least} ports at least, and better ${best}`
        : `would be better with ${best} ports`
    return [`A client with ${PARALLEL} parallel transfers ${how}: ${recommended.because.text}.`]
  } catch (error) {
    // The planner finds no room behind the base port: what is wrong is told as an overlap.
    if (error instanceof PlanError) return []
    throw error
  }
}

function activeAdvice(range: PortRange): string[] {
  const { count } = range
  const ports = count === 1 ? '1 port' : `${count} ports`
  return [
    `The server dials clients from ${ports}. One port serves many clients at a time; towards one and the same client port it is used once, so ${count === 1 ? 'only 1 connection' : `${count} connections`} at once can lead there.`,
    `The firewall has to let TCP from source port ${range} out, to ports 1024-65535 of clients.`,
  ]
}

/** A reason as a sentence of its own. */
const sentence = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
