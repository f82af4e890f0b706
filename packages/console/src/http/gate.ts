import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../node/services.ts'
import { clientAddress } from './client-address.ts'
import type { ConsoleSettings } from './console-settings.ts'
import { Passwords } from './passwords.ts'
import { Principals } from './principals.ts'
import { sessionCookieOf, setSessionCookie } from './session-cookie.ts'
import { type Owner, Sessions } from './sessions.ts'
import { Throttle } from './throttle.ts'
import { sha256 } from './tokens.ts'
import { Turns } from './turns.ts'

/** The one-time token with which the first administrator is made. */
export interface SetupSecret {
  /** Undefined when there is an administrator. */
  readonly current: string | undefined
  /** It is worth nothing from now on. */
  spend(): void
}

/** What signing in needs: one for each app. */
export class Gate implements Disposable {
  readonly settings: ConsoleSettings
  readonly setup: SetupSecret
  readonly sessions: Sessions
  readonly principals: Principals
  readonly passwords = new Passwords()
  /** Sign-ins of FTP users that the server is asked about: wrong ones are answered late on purpose. */
  readonly userLogins = new Turns(32, 100)
  readonly throttle: Throttle
  readonly #services: Services

  constructor(services: Services, settings: ConsoleSettings, setup: SetupSecret) {
    this.#services = services
    this.settings = settings
    this.setup = setup
    this.sessions = new Sessions(services.store.webSessions, settings, services.now)
    this.principals = new Principals(services, this.sessions)
    this.throttle = new Throttle(services.now)
  }

  /** Signs a browser in, with a new cookie; the session that it had is ended. Answers the cookie's value. */
  async signIn(request: FastifyRequest, reply: FastifyReply, owner: Owner): Promise<string> {
    const before = sessionCookieOf(request)
    if (before !== undefined) {
      const old = await this.#services.store.webSessions.find(sha256(before), this.#services.now())
      if (old) await this.sessions.end(old.id)
      this.principals.forget()
    }
    const from = { address: clientAddress(request), userAgent: request.headers['user-agent'] ?? '' }
    const { cookie } = await this.sessions.open(owner, from)
    setSessionCookie(request, reply, cookie)
    return cookie
  }

  /** Ends sessions of somebody, on all nodes within a second. */
  async signOut(owner: Owner, except?: string): Promise<number> {
    const ended = await this.sessions.endAll(owner, except)
    this.principals.forget()
    return ended
  }

  [Symbol.dispose](): void {
    this.principals[Symbol.dispose]()
  }
}
