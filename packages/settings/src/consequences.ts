import { isDeepStrictEqual } from 'node:util'
import type { ListenerSettings, Settings } from './schema.ts'

/** What taking settings into force does beyond the values. */
export interface Consequence {
  readonly code:
    | 'listener-opens'
    | 'listener-closes'
    | 'listener-moves'
    | 'ports-move'
    | 'needs-restart'
    | 'console-moves'
    | 'gateway-moves'
    | 'overridden'
  readonly path: string
  /** One or two sentences. */
  readonly text: string
}

/** What happens when settings take the place of others: what opens, closes, moves, and what waits for the next start. */
export function consequencesOf(before: Settings, after: Settings): Consequence[] {
  return [
    ...listenersOf(before.listeners, after.listeners),
    ...rangeOf('passive', passivePorts(before), passivePorts(after)),
    ...rangeOf('active', activePorts(before), activePorts(after)),
    ...consoleOf(before, after),
    ...gatewayOf(before, after),
    ...restartsFor(before, after),
  ]
}

const addressOf = ({ host, port }: { host: string; port: number }) =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

const SESSIONS_STAY = 'Sessions that stand go on.'

function* listenersOf(
  before: readonly ListenerSettings[],
  after: readonly ListenerSettings[],
): Generator<Consequence> {
  const isAt = (list: readonly ListenerSettings[], one: ListenerSettings) =>
    list.some(other => addressOf(other) === addressOf(one))
  const closed = before.filter(one => !isAt(after, one))
  for (const [index, listener] of after.entries()) {
    if (isAt(before, listener)) continue
    const path = `listeners[${index}].port`
    const [name, to] = [listener.name, addressOf(listener)]
    const was = closed.find(other => other.name === name)
    yield was === undefined
      ? { code: 'listener-opens', path, text: `The listener ${name} opens at ${to}.` }
      : {
          code: 'listener-moves',
          path,
          text: `The listener ${name} moves from ${addressOf(was)} to ${to}: new clients have to come there, and the firewall has to let them. ${SESSIONS_STAY}`,
        }
  }
  const opened = after.filter(one => !isAt(before, one))
  for (const [index, listener] of before.entries()) {
    const moves = opened.some(other => other.name === listener.name)
    if (moves || isAt(after, listener)) continue
    const text = `The listener ${listener.name} at ${addressOf(listener)} closes: nobody can connect there any more. ${SESSIONS_STAY}`
    yield { code: 'listener-closes', path: `listeners[${index}].port`, text }
  }
}

/** A run of ports; no ports where there are none. */
interface Ports {
  readonly base: number
  readonly count: number
}

const NO_PORTS: Ports = { base: 0, count: 0 }

function passivePorts({ passive: { enabled, basePort, numberOfPorts } }: Settings): Ports {
  return enabled ? { base: basePort, count: numberOfPorts } : NO_PORTS
}

function activePorts({ active: { enabled, basePort, numberOfPorts } }: Settings): Ports {
  return enabled && basePort !== undefined ? { base: basePort, count: numberOfPorts } : NO_PORTS
}

function* rangeOf(kind: 'passive' | 'active', before: Ports, after: Ports): Generator<Consequence> {
  if (isDeepStrictEqual(before, after)) return
  const common = Math.max(
    0,
    Math.min(before.base + before.count, after.base + after.count) - Math.max(before.base, after.base),
  )
  const [more, fewer] = [after.count - common, before.count - common]
  const ports = (count: number) => (count === 1 ? '1 port' : `${count} ports`)
  // Ports of active mode are only dialled from: nothing listens on them.
  const done =
    kind === 'passive'
      ? `opens ${ports(more)} and closes ${ports(fewer)}`
      : `adds ${ports(more)} to dial from and gives up ${ports(fewer)}`
  const text = [
    `${changeOf(kind, before, after)}: this ${done}.`,
    kind === 'passive' && more > 0 && 'Open the new ones in the firewall.',
    'Transfers that run go on with the ports they have.',
  ]
  yield { code: 'ports-move', path: `${kind}.basePort`, text: text.filter(Boolean).join(' ') }
}

function changeOf(kind: string, before: Ports, after: Ports): string {
  const range = ({ base, count }: Ports) => (count === 1 ? `${base}` : `${base}-${base + count - 1}`)
  if (before.count === 0) return `The ${kind} range is now ${range(after)}`
  if (after.count === 0) return `The ${kind} range ${range(before)} is given up`
  return `The ${kind} range changes from ${range(before)} to ${range(after)}`
}

function* consoleOf({ console: before }: Settings, { console: after }: Settings): Generator<Consequence> {
  if (before.enabled && !after.enabled) {
    const text = `The web console closes. \`portolan config set console.enabled true\` opens it again.`
    yield { code: 'console-moves', path: 'console.enabled', text }
  } else if (!before.enabled && after.enabled) {
    yield {
      code: 'console-moves',
      path: 'console.enabled',
      text: `The web console opens at ${addressOf(after)}.`,
    }
  } else if (after.enabled && addressOf(before) !== addressOf(after)) {
    const text = `The web console moves from ${addressOf(before)} to ${addressOf(after)}: open it there.`
    yield { code: 'console-moves', path: before.port === after.port ? 'console.host' : 'console.port', text }
  } else if (after.enabled && before.tls !== after.tls) {
    const text = `The web console is served anew at ${addressOf(after)}, with tls: ${after.tls}: open it again.`
    yield { code: 'console-moves', path: 'console.tls', text }
  }
}

const EDGES_STAY =
  'Edges that are connected carry on what is open for the time of gateway.grace, and take nothing new.'

function* gatewayOf({ gateway: before }: Settings, { gateway: after }: Settings): Generator<Consequence> {
  if (before.enabled && !after.enabled) {
    const text = `The gateway closes: edges lose their controller. ${EDGES_STAY}`
    yield { code: 'gateway-moves', path: 'gateway.enabled', text }
  } else if (!before.enabled && after.enabled) {
    yield {
      code: 'gateway-moves',
      path: 'gateway.enabled',
      text: `The gateway opens at ${addressOf(after)}: let edges through the firewall there.`,
    }
  } else if (after.enabled && addressOf(before) !== addressOf(after)) {
    const text = `The gateway moves from ${addressOf(before)} to ${addressOf(after)}: edges have to be told if that is another address for them. ${EDGES_STAY}`
    yield { code: 'gateway-moves', path: before.port === after.port ? 'gateway.host' : 'gateway.port', text }
  }
}

/** What a running node does not take. */
const AT_START: readonly { path: string; of(settings: Settings): unknown }[] = [
  { path: 'server.workers', of: ({ server }) => server.workers },
  { path: 'server.dataFolder', of: ({ server }) => server.dataFolder },
  { path: 'log.format', of: ({ log }) => log.format },
  { path: 'metrics', of: ({ metrics }) => metrics },
]

function restartsFor(before: Settings, after: Settings): Consequence[] {
  return AT_START.filter(({ of }) => !isDeepStrictEqual(of(before), of(after))).map(({ path }) => ({
    code: 'needs-restart',
    path,
    text: `${path} takes effect at the next start; until then the old value stays in force.`,
  }))
}
