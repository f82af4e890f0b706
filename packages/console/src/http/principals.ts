import type { TokenRow, WebSessionRow } from '@portolan/store'
import type { FastifyRequest } from 'fastify'
import { ROLE_SCOPES, SCOPES, type Scope, scope } from '../contract/index.ts'
import type { Services } from '../node/services.ts'
import type { Principal } from './principal.ts'
import { Problem } from './problem.ts'
import { sessionCookieOf } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'
import { sha256, TOKEN_PREFIX } from './tokens.ts'

/** How long an answer of the store is taken for true, in milliseconds. Changes that the store tells of come at once. */
const TRUE_MS = 1_000
/** Answers that are held at once; the oldest goes first. */
const MOST_HELD = 1_000
/** How often the store is told that a token is used, in milliseconds. */
const USED_MS = 60_000
/** What can be one of our tokens; anything else is not looked up. */
const TOKEN = new RegExp(`^${TOKEN_PREFIX}[\\w-]{43}$`)

/** Who calls, and by which cookie if by one. */
interface Caller {
  readonly principal: Principal
  readonly cookie?: string
}

/** Finds out who calls: by the token of the Authorization header, else by the cookie. */
export class Principals implements Disposable {
  readonly #services: Pick<Services, 'store' | 'fileUsers' | 'now'>
  readonly #sessions: Sessions
  readonly #held = new Map<string, { readonly until: number; readonly principal: Principal }>()
  readonly #feed: Disposable

  constructor(services: Pick<Services, 'store' | 'fileUsers' | 'now'>, sessions: Sessions) {
    this.#services = services
    this.#sessions = sessions
    const told: ReadonlySet<string> = new Set(['administrators', 'users', 'tokens', 'all'])
    this.#feed = services.store.changes.subscribe(({ topic }) => told.has(topic) && this.forget())
  }

  /** Whoever calls is looked up anew from now on: a session, a token or a role has ended. */
  forget(): void {
    this.#held.clear()
  }

  /**
   * Who calls; undefined when the request does not say, or by a cookie that is worth nothing any more.
   * @throws {Problem} 401 `TOKEN_INVALID` for a token that is none: who sends one is no browser that could sign in
   * @throws {StoreError} `STORE_UNAVAILABLE`
   */
  async of(request: FastifyRequest): Promise<Caller | undefined> {
    // Another scheme is that of a proxy before us.
    const bearer = /^Bearer\b *(.*)$/i.exec(request.headers.authorization ?? '')
    if (bearer) {
      const [, token = ''] = bearer
      const principal = TOKEN.test(token) && (await this.#remembered(token, () => this.#ofToken(token)))
      if (principal) return { principal }
      throw new Problem(401, 'TOKEN_INVALID', 'There is no such token, or it has expired.', undefined, {
        headers: { 'www-authenticate': 'Bearer realm="portolan", error="invalid_token"' },
      })
    }
    const cookie = sessionCookieOf(request)
    if (cookie === undefined) return undefined
    const principal = await this.#remembered(cookie, () => this.#ofCookie(cookie))
    return principal && { principal, cookie }
  }

  [Symbol.dispose](): void {
    this.#feed[Symbol.dispose]()
    this.forget()
  }

  async #remembered(
    secret: string,
    find: () => Promise<Principal | undefined>,
  ): Promise<Principal | undefined> {
    const key = sha256(secret)
    const now = this.#services.now()
    const held = this.#held.get(key)
    if (held && held.until > now && held.until <= now + TRUE_MS) return held.principal
    this.#held.delete(key)
    const principal = await find()
    if (!principal) return undefined
    this.#held.set(key, { until: now + TRUE_MS, principal })
    const [oldest] = this.#held.keys()
    if (this.#held.size > MOST_HELD && oldest !== undefined) this.#held.delete(oldest)
    return principal
  }

  async #ofToken(token: string): Promise<Principal | undefined> {
    const { store, now } = this.#services
    const row = await store.tokens.find(sha256(token))
    if (!row || (row.expiresAt !== undefined && row.expiresAt <= now())) return undefined
    const isNews = row.lastUsedAt === undefined || now() - row.lastUsedAt >= USED_MS
    // A full disk must not keep anybody from looking.
    if (isNews) await store.tokens.used(row.id, now()).catch(() => {})
    return principalOfToken(row)
  }

  async #ofCookie(cookie: string): Promise<Principal | undefined> {
    const session = await this.#sessions.find(cookie)
    if (!session) return undefined
    const principal =
      session.kind === 'administrator' ? await this.#administrator(session) : await this.#user(session)
    if (!principal) await this.#sessions.endAll(session)
    return principal
  }

  async #administrator({ name, id }: WebSessionRow): Promise<Principal | undefined> {
    const row = await this.#services.store.administrators.get(name)
    if (!row?.enabled) return undefined
    const scopes = withReads(ROLE_SCOPES[row.role])
    return { kind: 'administrator', name, role: row.role, scopes, webSession: id, actor: name }
  }

  async #user({ name, id }: WebSessionRow): Promise<Principal | undefined> {
    const { store, fileUsers } = this.#services
    const user = (await store.users.get(name)) ?? fileUsers().find(one => one.name === name)
    if (!user?.enabled) return undefined
    return { kind: 'user', name, scopes: new Set(), webSession: id, actor: `user:${name}` }
  }
}

function principalOfToken({ name, scopes }: TokenRow): Principal {
  const known = scopes.filter((text): text is Scope => scope.safeParse(text).success)
  return { kind: 'token', name, scopes: withReads(known), actor: `token:${name}` }
}

/** Who may change a thing may see it. */
export function withReads(scopes: readonly Scope[]): ReadonlySet<Scope> {
  const reads = scopes.map(text => text.replace(/:write$/, ':read'))
  return new Set(SCOPES.filter(text => scopes.includes(text) || reads.includes(text)))
}
