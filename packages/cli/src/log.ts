import type { ServerEvent } from '@portolan/server'
import type { Settings } from '@portolan/settings'
import type { Logger } from 'pino'

/** How much an event matters. */
type Level = 'debug' | 'info' | 'warn' | 'error'

type EventOf<T extends ServerEvent['type']> = Extract<ServerEvent, { type: T }>

/** The level and the sentence of every kind of event. */
const LINES: {
  [T in ServerEvent['type']]: { level: (event: EventOf<T>) => Level; text: (event: EventOf<T>) => string }
} = {
  'session-opened': {
    level: () => 'info',
    text: event => `${who(event)} connected to ${event.listener}${event.tls ? ' under TLS' : ''}`,
  },
  'session-closed': {
    level: () => 'info',
    text: event => `${who(event)} left after ${event.seconds} s: ${event.reason}`,
  },
  tls: { level: () => 'debug', text: event => `${who(event)} speaks ${event.protocol}, ${event.cipher}` },
  'tls-failed': { level: () => 'warn', text: event => `${who(event)}: TLS failed: ${event.text}` },
  login: {
    level: () => 'info',
    text: event => `${who(event)} logged in; class ${event.userClass}: ${event.because.text}`,
  },
  'login-failed': { level: () => 'warn', text: event => `${who(event)}: login failed: ${event.text}` },
  refused: {
    level: () => 'warn',
    text: event => `${event.address} was refused at ${event.listener}: ${event.text}`,
  },
  banned: { level: () => 'warn', text: event => event.text },
  command: {
    level: () => 'debug',
    text: event => `${who(event)}: ${commandLine(event)} → ${event.reply} in ${time(event.ms)}`,
  },
  'data-agreed': {
    level: () => 'debug',
    text: event => `${who(event)}: ${event.mode} data connection at ${event.endpoint}: ${event.because.text}`,
  },
  'data-failed': {
    level: () => 'warn',
    text: event => `${who(event)}: no data connection for ${event.command}: ${event.text}`,
  },
  'transfer-started': {
    level: () => 'debug',
    text: event => `${who(event)}: ${event.command} ${event.path} began`,
  },
  'transfer-ended': {
    level: event => (event.verdict === 'complete' ? 'info' : 'warn'),
    text: event => {
      const end =
        event.verdict === 'complete' ? '' : `: ${event.verdict}${event.text ? `: ${event.text}` : ''}`
      const way = `${event.mode}${event.tls ? ', TLS' : ''}`
      return `${who(event)}: ${event.command} ${event.path}: ${event.bytes} bytes in ${time(event.ms)} (${way})${end}`
    },
  },
  file: {
    level: () => 'info',
    text: event =>
      `${who(event)}: ${event.change} ${event.path}${event.to === undefined ? '' : ` to ${event.to}`}`,
  },
  'worker-started': {
    level: () => 'debug',
    text: event => `worker ${event.worker} runs as process ${event.pid} with passive ports ${event.ports}`,
  },
  'worker-lost': {
    level: () => 'error',
    text: event =>
      `worker ${event.worker} (process ${event.pid}) is gone with ${event.sessions} sessions: ${event.text}`,
  },
  reloaded: { level: () => 'info', text: event => event.text },
  warning: { level: () => 'warn', text: event => event.text },
}

/** Milliseconds as people read them. */
const time = (ms: number) =>
  ms < 10_000 ? `${Math.round(ms * 10) / 10} ms` : `${Math.round(ms / 100) / 10} s`

function who({ user, address }: { user?: string; address: string }): string {
  return user === undefined ? address : `${user} (${address})`
}

/** Commands whose argument is a secret. */
const SECRET = new Set(['PASS', 'ACCT', 'ADAT'])

function commandLine({ verb, argument }: { verb: string; argument: string }): string {
  if (SECRET.has(verb)) return `${verb} ***`
  return argument === '' ? verb : `${verb} ${argument}`
}

/** Writes an event as a line of the log: a sentence for people, and its fields for machines. */
export function logEvent(logger: Pick<Logger, Level>, event: ServerEvent): void {
  const { type, ...fields } =
    event.type === 'command' && SECRET.has(event.verb) ? { ...event, argument: '***' } : event
  const [level, text] = lineOf(event)
  logger[level]({ event: type, ...fields }, printable(text))
}

function lineOf<T extends ServerEvent['type']>(event: EventOf<T>): [Level, string] {
  const line = LINES[event.type as T]
  return [line.level(event), line.text(event)]
}

/** Names of files come from strangers: a line break in one must not forge a line of the log, nor an escape sequence steer a terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** A log whose last lines can be written before the process ends. */
export interface Log {
  readonly logger: Logger
  flush(): void
}

/** Opens the log on standard error. */
export async function openLog({ format, level }: Settings['log'], isTerminal: boolean): Promise<Log> {
  const { default: pino } = await import('pino')
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // Nothing that is logged has such fields; should it ever come to that, they stay unread.
    redact: ['password', '*.password'],
  }
  if (format === 'pretty' || (format === 'auto' && isTerminal)) {
    const { default: pretty } = await import('pino-pretty')
    const stream = pretty({
      colorize: isTerminal,
      destination: 2,
      sync: true,
      hideObject: true,
      translateTime: 'SYS:HH:MM:ss',
    })
    return { logger: pino(options, stream), flush: () => {} }
  }
  const stream = pino.destination({ fd: 2, sync: false })
  return { logger: pino(options, stream), flush: () => stream.flushSync() }
}
