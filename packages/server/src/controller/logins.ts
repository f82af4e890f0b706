import { TrustedNetworks } from '@portolan/channels'
import type { ServerEvent } from '../events.ts'
import type { LoginAnswer, LoginAsk, Refusal } from '../link.ts'
import type { ReplyKey } from '../replies.ts'
import type { Accounts } from './accounts.ts'
import type { Authenticator, UserRecord } from './authenticator.ts'
import type { Bans } from './bans.ts'
import { type LoginCache, LoginUnavailable } from './login-cache.ts'
import type { SessionLimits } from './session-limits.ts'

/** What logins are decided by. Replaced whole by a reload. */
export interface LoginRules {
  readonly authenticator: Authenticator
  readonly cache: LoginCache
  readonly accounts: Accounts
}

/** What a login changes and is bounded by, over all workers. */
export interface LoginState {
  readonly bans: Bans
  readonly limits: SessionLimits
  /** Told of a user that is about to be logged in. */
  accepted(user: UserRecord): void
  emit(event: ServerEvent): void
  now(): number
  wait(ms: number): Promise<void>
}

/** What PASS decides: the password first, then what the account allows, then the limits. */
export async function answerLogin(ask: LoginAsk, rules: LoginRules, state: LoginState): Promise<LoginAnswer> {
  const banned = bannedNow(ask, state)
  if (banned) return { kind: 'refused', ...banned }
  if (rules.accounts.isAnonymous(ask.user)) return anonymousLogin(ask, rules, state)
  const answer = await checkPassword(ask, rules, state)
  if (answer.kind === 'refused') return answer
  const { user } = answer
  const full = state.limits.logIn(ask.session, user.name, user.maxSessions)
  if (full) return { kind: 'refused', ...full }
  state.accepted(user)
  state.bans.succeeded(ask.address, user.name)
  return { kind: 'accepted', account: rules.accounts.of(user, ask.address) }
}

/** Somebody who signs in by another way than FTP. */
export type WebLoginAsk = Omit<LoginAsk, 'listener'>

/** What PASS decides, for somebody who opens no session: no limit of sessions counts, and anonymous access is not offered. */
export async function answerWebLogin(
  ask: WebLoginAsk,
  rules: LoginRules,
  state: LoginState,
): Promise<LoginAnswer> {
  const banned = bannedNow(ask, state)
  if (banned) return { kind: 'refused', ...banned }
  if (rules.accounts.isAnonymous(ask.user)) return refused('login.failed')
  const answer = await checkPassword(ask, rules, state)
  if (answer.kind === 'refused') return answer
  state.bans.succeeded(ask.address, answer.user.name)
  const account = rules.accounts.of(answer.user, ask.address)
  const { userClass, userClassBecause: because } = account
  const { session, address } = ask
  state.emit({ type: 'login', session, address, user: account.user, userClass, because })
  return { kind: 'accepted', account }
}

/** What keeps somebody out before a password is looked at. */
export function bannedNow(
  { user, address }: { user: string; address: string },
  { bans }: Pick<LoginState, 'bans'>,
): Refusal | undefined {
  const banned = Math.max(bans.remaining(address), bans.remainingFor(user, address))
  return banned > 0 ? bannedRefusal(address, banned) : undefined
}

async function checkPassword(
  ask: WebLoginAsk,
  rules: LoginRules,
  state: LoginState,
): Promise<{ readonly kind: 'right'; readonly user: UserRecord } | ({ readonly kind: 'refused' } & Refusal)> {
  let user: UserRecord | undefined
  try {
    user = await rules.cache.check(ask)
  } catch (error) {
    if (!(error instanceof LoginUnavailable)) throw error
    report(ask, state, 'unavailable', String(error.cause ?? error.message))
    return { ...refused('login.unavailable'), close: true }
  }
  if (!user) return wrongPassword(ask, state)
  const refusal = refusalOf(rules.accounts.effective(user), ask, state.now())
  if (!refusal) return { kind: 'right', user }
  report(ask, state, refusal.key, `refused although the password is right: ${refusal.key}`)
  return { kind: 'refused', ...refusal }
}

function anonymousLogin(ask: LoginAsk, rules: LoginRules, state: LoginState): LoginAnswer {
  const account = rules.accounts.anonymous(ask.address)
  if (!account) return refused('login.no-home')
  const full = state.limits.logIn(ask.session, account.user, undefined)
  return full ? { kind: 'refused', ...full } : { kind: 'accepted', account }
}

async function wrongPassword(
  ask: WebLoginAsk,
  state: LoginState,
): Promise<{ readonly kind: 'refused' } & Refusal> {
  const { address, user } = ask
  const { delayMs, bans } = state.bans.failed(address, user)
  report(ask, state, 'password', `wrong user name or password for ${user}`)
  for (const { kind, until } of bans) {
    const value = kind === 'address' ? address : user
    const who = kind === 'address' ? address : `the user name ${user}`
    const text = `${who} is banned until ${new Date(until).toISOString()}: too many wrong passwords`
    state.emit({ type: 'banned', kind, value, address, user, until, text })
  }
  await state.wait(delayMs)
  const banned = bans.find(({ kind }) => kind === 'address')
  return banned
    ? { kind: 'refused', ...bannedRefusal(address, banned.until - state.now()) }
    : refused('login.failed')
}

/** What keeps a user out whose password is right. */
export function refusalOf(
  user: UserRecord,
  ask: { address: string; tls: boolean },
  now: number,
): Refusal | undefined {
  const no = (key: ReplyKey): Refusal => ({ key, values: { address: ask.address }, close: false })
  if (!user.enabled) return no('login.disabled')
  if (user.expires !== undefined && Date.parse(user.expires) < now) return no('login.expired')
  if (user.requireTls && !ask.tls) return no('login.user-needs-tls')
  if (user.networks.length > 0 && !compiled(user.networks).has(ask.address)) return no('login.network')
  return undefined
}

/** Networks of users, compiled once for each record: a user of the settings logs in many times with the same one. */
const compiledNetworks = new WeakMap<readonly string[], TrustedNetworks>()

function compiled(networks: readonly string[]): TrustedNetworks {
  const known = compiledNetworks.get(networks)
  if (known) return known
  const made = new TrustedNetworks(networks)
  compiledNetworks.set(networks, made)
  return made
}

/** The reply to somebody who is banned. @param ms - until the ban ends; `Infinity` when it has no end */
export function bannedRefusal(address: string, ms: number): Refusal {
  if (!Number.isFinite(ms)) return { key: 'login.barred', values: { address }, close: true }
  return { key: 'login.banned', values: { address, seconds: Math.max(1, Math.ceil(ms / 1000)) }, close: true }
}

function refused(key: ReplyKey): { readonly kind: 'refused' } & Refusal {
  return { kind: 'refused', key, close: false }
}

function report(ask: WebLoginAsk, state: LoginState, code: string, text: string): void {
  state.emit({ type: 'login-failed', session: ask.session, address: ask.address, user: ask.user, code, text })
}
