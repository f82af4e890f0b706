import { TrustedNetworks } from '@portolan/channels'
import type { GatewayErrorCode, People } from '@portolan/gateway'
import type { FtpServer, UserRecord } from '@portolan/server'
import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'
import { Problem } from '../../http/problem.ts'
import { takeTotpCode } from '../../http/second-factor.ts'
import { type Attempt, Throttle } from '../../http/throttle.ts'
import { isSameSecret, sha256 } from '../../http/tokens.ts'
import { Turns } from '../../http/turns.ts'
import type { StoreAuthenticator } from '../store-authenticator.ts'
import { blockedBecause, identify } from './identify.ts'
import { personOf } from './person.ts'

/** What it works with. */
export interface NodePeopleOptions {
  readonly store: Pick<Store, 'access'>
  readonly server: Pick<FtpServer, 'authenticate' | 'bans'>
  readonly authenticator: Pick<StoreAuthenticator, 'lookup'>
  inForce(): Pick<Settings, 'bans'>
  now(): number
}

type SignIn = Parameters<People['signIn']>[0]

const WRONG = 'The name or the password is wrong.'
const BUSY = 'The server cannot tell at the moment whether this is right. Try again in a moment.'

/**
 * The people of a node as its controller asks for them: the users of FTP, with their passwords, expiry, networks and bans; and
 * beside them a second factor, or tokens. Whoever guesses is slowed down as at the console.
 */
export class NodePeople implements People {
  readonly #options: NodePeopleOptions
  readonly #throttle: Throttle
  /** Wrong passwords are answered late on purpose: so many wait at once. */
  readonly #turns = new Turns(32, 100)

  constructor(options: NodePeopleOptions) {
    this.#options = options
    this.#throttle = new Throttle(() => options.now())
  }

  async signIn(ask: SignIn): Promise<void> {
    const attempt = await this.#begin(ask)
    try {
      if (ask.token === undefined) await this.#byPassword(ask)
      else await this.#byToken(ask, ask.token)
      attempt.right()
    } catch (error) {
      const isRefusal = isGatewayError(error, 'GATEWAY_SIGN_IN_REFUSED')
      if (!isRefusal) attempt.undecided()
      if (error instanceof Problem) throw await refusal(error.message)
      throw error
    }
  }

  identify(user: string): Promise<{ readonly groups: readonly string[] } | undefined> {
    return identify(this.#options.authenticator, user, this.#options.now())
  }

  async #begin({ user, address }: SignIn): Promise<Attempt> {
    try {
      return this.#throttle.begin(address, user)
    } catch (error) {
      throw error instanceof Problem ? await refusal(error.message) : error
    }
  }

  async #byPassword({ user, password, code, address }: SignIn): Promise<void> {
    const answer = await this.#turns.take(() =>
      this.#options.server.authenticate({ user, password: password ?? '', address, tls: true }),
    )
    if (!answer.ok) {
      if (answer.unavailable) throw await failure('GATEWAY_UNREACHABLE', BUSY)
      throw await refusal(answer.code === 'login.failed' ? WRONG : answer.text)
    }
    await this.#secondFactor(answer.user, code)
  }

  async #secondFactor(user: string, code: string | undefined): Promise<void> {
    const { people } = this.#options.store.access
    const secrets = await people.secrets(user)
    if (secrets?.totp === undefined) return
    if (code === undefined || code.trim() === '') {
      throw await failure('GATEWAY_CODE_NEEDED', 'Enter the six digits of your app, too.')
    }
    const row = { name: user, totpSecret: secrets.totp }
    if (await takeTotpCode(people, row, code, this.#options.now())) return
    throw await refusal('The code is wrong or was used already: wait for the next one.')
  }

  async #byToken({ user, address }: SignIn, token: string): Promise<void> {
    const { store, authenticator, now } = this.#options
    const [row, record] = await Promise.all([store.access.people.get(user), authenticator.lookup(user)])
    const hash = sha256(token)
    const found = personOf(row).tokens.find(one => isSameSecret(one.hash, hash))
    if (!found || !record) throw await refusal('The token is wrong, or is not for this name.')
    if (found.expiresAt !== undefined && found.expiresAt <= now()) {
      throw await refusal(`The token ${found.name} has expired: ask for another one.`)
    }
    const blocked = blockedBecause(record, now()) ?? this.#keptOut(record, address)
    if (blocked !== undefined) throw await refusal(blocked)
  }

  /** With a password the server looks at these by itself. */
  #keptOut({ name, networks }: UserRecord, address: string): string | undefined {
    const isFree = new TrustedNetworks(this.#options.inForce().bans.exempt).has(address)
    const isBanned = this.#options.server
      .bans()
      .some(({ kind, value }) =>
        kind === 'user' ? value === name : !isFree && new TrustedNetworks([value]).has(address),
      )
    if (isBanned) return 'This name, or the address that you come from, is banned: ask who runs the server.'
    if (networks.length === 0 || new TrustedNetworks(networks).has(address)) return undefined
    return `${name} may not sign in from ${address}.`
  }
}

const refusal = (text: string) => failure('GATEWAY_SIGN_IN_REFUSED', text)

/** The class comes with the controller, which is there when anybody asks. */
async function failure(code: GatewayErrorCode, text: string): Promise<Error> {
  const { GatewayError } = await import('@portolan/gateway')
  return new GatewayError(code, text)
}

const isGatewayError = (error: unknown, code: GatewayErrorCode): boolean =>
  error instanceof Error && error.name === 'GatewayError' && 'code' in error && error.code === code
