import { resolve } from 'node:path'
import type { Overlay, Problem } from '@portolan/settings'
import { SettingsDraft } from './draft.ts'
import type { FlagRule, FlagUser, FlagValue } from './flag-values.ts'
import {
  numberOrText,
  parseConsole,
  parseHostPort,
  parsePassiveRule,
  parsePorts,
  parseUser,
} from './flag-values.ts'
import type { ServeFlags } from './flags.ts'

type Input = Readonly<Record<string, unknown>>

/** A user of the command line whose password is hashed. */
export interface HashedUser extends Omit<FlagUser, 'password'> {
  /** argon2id, PHC. */
  readonly password: string
  readonly home: string
}

/** Flags that could be read, and what is wrong with the others. */
export interface ReadFlags {
  readonly users: readonly FlagUser[]
  readonly problems: readonly Problem[]
  /** @param users - those of the flags, with hashed passwords and homes */
  readonly overlay: (users: readonly HashedUser[]) => (input: Input) => Overlay
}

/** What flags need to know of the surroundings. */
export interface FlagContext {
  /** Folder that relative paths of flags are relative to. */
  readonly cwd: string
  /** Home of anonymous users; absent: that of the file. */
  readonly anonymousHome?: string
}

/** Reads flags into what they change of the settings. Nothing is thrown: all mistakes are told at once. */
export function readFlags(flags: ServeFlags, context: FlagContext): ReadFlags {
  const problems: Problem[] = []
  const take = <T>(
    source: string,
    texts: readonly string[] | undefined,
    read: (text: string) => FlagValue<T>,
  ) =>
    (texts ?? []).flatMap(text => {
      const result = read(text)
      if ('value' in result) return [result.value]
      // A text that is no NAME:PASSWORD may still hold a password.
      const message = source === '--user' ? result.wrong : `${result.wrong}, and not ${JSON.stringify(text)}`
      problems.push({ path: '', message, source })
      return []
    })
  const one = <T>(source: string, text: string | undefined, read: (text: string) => FlagValue<T>) =>
    take(source, text === undefined ? undefined : [text], read)[0]

  const values: FlagValues = {
    listen: take('--listen', flags.listen, parseHostPort),
    implicitTls: take('--implicit-tls', flags.implicitTls, parseHostPort),
    passivePorts: one('--passive-ports', flags.passivePorts, parsePorts),
    activePorts: one('--active-ports', flags.activePorts, parsePorts),
    passiveRules: take('--passive-rule', flags.passiveRule, parsePassiveRule),
    console: one('--console', flags.console, parseConsole),
    metrics: one('--metrics', flags.metrics, text =>
      parseHostPort(/^\d+$/.test(text) ? `127.0.0.1:${text}` : text),
    ),
  }
  const users = take('--user', flags.user, parseUser)
  if (flags.tlsSelfSigned && (flags.tlsCert !== undefined || flags.tlsKey !== undefined)) {
    const message = 'does not go with --tls-cert and --tls-key: use one or the other'
    problems.push({ path: '', message, source: '--tls-self-signed' })
  }
  return {
    users,
    problems,
    overlay: hashed => input => overlay({ flags, values, context, users: hashed }, input),
  }
}

interface HostPort {
  readonly host: string
  readonly port: number
}

interface FlagValues {
  readonly listen: readonly HostPort[]
  readonly implicitTls: readonly HostPort[]
  readonly passivePorts: { readonly basePort: number; readonly numberOfPorts: number } | undefined
  readonly activePorts: { readonly basePort: number; readonly numberOfPorts: number } | undefined
  readonly passiveRules: readonly FlagRule[]
  readonly metrics: HostPort | undefined
  readonly console: HostPort | 'off' | undefined
}

interface Given {
  readonly flags: ServeFlags
  readonly values: FlagValues
  readonly context: FlagContext
  readonly users: readonly HashedUser[]
}

function overlay(given: Given, input: Input): Overlay {
  const draft = new SettingsDraft(input)
  putListeners(draft, given)
  putPassive(draft, given)
  putActive(draft, given)
  putTls(draft, given)
  putUsers(draft, given)
  putRest(draft, given)
  return draft.overlay()
}

function putListeners(draft: SettingsDraft, { flags, values: { listen, implicitTls } }: Given): void {
  if (listen.length > 0 || implicitTls.length > 0) {
    const tls = flags.requireTls ? { tls: 'required' } : {}
    const listeners = [
      ...listen.map(at => ({ ...at, ...tls })),
      ...implicitTls.map(at => ({ ...at, tls: 'implicit' })),
    ]
    draft.set('listeners', listeners, listen.length > 0 ? '--listen' : '--implicit-tls')
    for (const [index] of implicitTls.entries())
      draft.mark(`listeners[${listen.length + index}]`, '--implicit-tls')
    if (flags.requireTls)
      for (const [index] of listen.entries()) draft.mark(`listeners[${index}].tls`, '--require-tls')
  } else if (flags.requireTls) {
    for (const [index, listener] of draft.listeners().entries()) {
      if (listener.tls !== 'implicit') draft.set(`listeners[${index}].tls`, 'required', '--require-tls')
    }
  }
  if (flags.proxyProtocol === undefined) return
  for (const [index] of draft.listeners().entries()) {
    draft.set(`listeners[${index}].proxyProtocol`, flags.proxyProtocol, '--proxy-protocol')
  }
  draft.set('passive.proxyProtocol', flags.proxyProtocol, '--proxy-protocol')
}

function putPassive(draft: SettingsDraft, { flags, values: { passivePorts, passiveRules } }: Given): void {
  if (passivePorts !== undefined) {
    draft.set('passive.basePort', passivePorts.basePort, '--passive-ports')
    draft.set('passive.numberOfPorts', passivePorts.numberOfPorts, '--passive-ports')
  }
  // The first match wins, so rules of flags stand before those of the file; an address for everybody leaves none to them.
  const { passiveAddress } = flags
  if (passiveAddress === undefined && passiveRules.length === 0) return
  const own =
    passiveAddress === undefined ? draft.list('passive.addressRules') : [{ address: passiveAddress }]
  draft.set('passive.addressRules', [...passiveRules, ...own])
  for (const [index] of passiveRules.entries()) draft.mark(`passive.addressRules[${index}]`, '--passive-rule')
  if (passiveAddress !== undefined)
    draft.mark(`passive.addressRules[${passiveRules.length}]`, '--passive-address')
}

function putActive(draft: SettingsDraft, { flags, values: { activePorts } }: Given): void {
  if (flags.active !== undefined)
    draft.set('active.enabled', flags.active, flags.active ? '--active' : '--no-active')
  if (activePorts === undefined) return
  draft.set('active.basePort', activePorts.basePort, '--active-ports')
  draft.set('active.numberOfPorts', activePorts.numberOfPorts, '--active-ports')
}

function putTls(draft: SettingsDraft, { flags, context }: Given): void {
  if (flags.tlsCert !== undefined || flags.tlsKey !== undefined) {
    draft.remove('tls.selfSigned')
    for (const [path, file, flag] of [
      ['tls.certificate', flags.tlsCert, '--tls-cert'],
      ['tls.key', flags.tlsKey, '--tls-key'],
    ] as const) {
      if (file !== undefined) draft.set(path, resolve(context.cwd, file), flag)
    }
  }
  if (flags.tlsSelfSigned) {
    draft.remove('tls.certificate')
    draft.remove('tls.key')
    draft.set('tls.selfSigned', true, '--tls-self-signed')
  }
  if (flags.sessionReuse !== undefined) draft.set('tls.sessionReuse', flags.sessionReuse, '--session-reuse')
}

function putUsers(draft: SettingsDraft, { flags, context, users }: Given): void {
  if (users.length > 0) {
    const names = new Set(users.map(user => user.name))
    const others = draft.list('users').filter(other => !names.has(String(other.name)))
    const own = users.map(({ name, password, home, readOnly }) => {
      return { name, password, home, ...(readOnly && { permissions: [{ path: '/', allow: 'readOnly' }] }) }
    })
    draft.set('users', [...others, ...own])
    for (const [index] of own.entries()) draft.mark(`users[${others.length + index}]`, '--user')
  }
  if (!flags.anonymous) return
  draft.set('anonymous.enabled', true, '--anonymous')
  if (context.anonymousHome !== undefined) draft.set('anonymous.home', context.anonymousHome, '--anonymous')
  else draft.mark('anonymous', '--anonymous')
}

function putRest(draft: SettingsDraft, { flags, values }: Given): void {
  const numbers = [
    ['limits.sessions', flags.maxSessions, '--max-sessions'],
    ['limits.sessionsPerAddress', flags.maxPerIp, '--max-per-ip'],
    ['timeouts.idle', flags.idleTimeout, '--idle-timeout'],
    ['server.workers', flags.workers, '--workers'],
  ] as const
  for (const [path, text, flag] of numbers) {
    if (text !== undefined) draft.set(path, numberOrText(text), flag)
  }
  if (values.metrics !== undefined) draft.set('metrics', values.metrics, '--metrics')
  if (values.console === 'off') draft.set('console.enabled', false, '--console')
  else if (values.console !== undefined) {
    draft.set('console.host', values.console.host, '--console')
    draft.set('console.port', values.console.port, '--console')
  }
  if (flags.log !== undefined) draft.set('log.format', flags.log, '--log')
}
