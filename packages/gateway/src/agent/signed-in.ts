import { GatewayError } from '../errors.ts'
import type { AgentEvent } from '../parts.ts'
import type { Identity } from '../pki/types.ts'
import { keptSignIn, type SignInOptions, signIn } from './sign-in.ts'

/** A sign-in is made anew so long before it ends, in milliseconds, but not in the last tenth of a short one. */
const AHEAD_MS = 300_000
const AHEAD_PART = 0.1
/** When no edge answers, the next attempt comes after so long, in milliseconds. */
const AGAIN_MS = 5_000
/** A sign-in that does not count any more after so long, in milliseconds, was hardly ever good. */
const SOON_MS = 10_000
/** What a timer of Node can wait at the most. */
const LONGEST_TIMER_MS = 2_147_483_647

interface SignedInOptions extends SignInOptions {
  onEvent(event: AgentEvent): void
}

/** Keeps a user signed in: asks for credentials anew before the sign-in ends, and when an edge says that it does not count any more. */
export class SignedIn implements Disposable {
  /** Told of every new sign-in. */
  onRenewed: (identity: Identity) => void = () => {}
  readonly #options: SignedInOptions
  readonly #stop = new AbortController()
  readonly #signedOut = Promise.withResolvers<GatewayError>()
  #identity: Identity
  #timer: NodeJS.Timeout | undefined
  #isBusy = false
  /** An edge does not take what is there. */
  #isRefused = false
  #signedAt = 0
  #refusedSoon = 0

  private constructor(options: SignedInOptions, identity: Identity) {
    this.#options = options
    this.#identity = identity
    this.#took(identity)
  }

  /** @throws {GatewayError} what {@link signIn} and {@link keptSignIn} throw */
  static async begin(options: SignedInOptions): Promise<SignedIn> {
    const kept = await keptSignIn(options)
    const why = `${options.user} has to sign in.`
    return new SignedIn(options, kept ?? (await signIn(options, why, new AbortController().signal)))
  }

  get identity(): Identity {
    return this.#identity
  }

  /** Resolves when nobody is asked any more. */
  get signedOut(): Promise<GatewayError> {
    return this.#signedOut.promise
  }

  /** An edge says that the sign-in does not count any more. */
  refused(why: string): void {
    this.#isRefused = true
    const { now } = this.#options
    this.#refusedSoon = now() - this.#signedAt < SOON_MS ? this.#refusedSoon + 1 : 0
    // Edges that take no new sign-in either, since a clock is wrong for instance, are not to be asked without a pause.
    if (this.#refusedSoon > 1) this.#plan(now() + AGAIN_MS, why)
    else this.#begin(why)
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
    clearTimeout(this.#timer)
  }

  /** Signs in anew, unless that is being done. */
  #begin(why: string): void {
    if (!this.#isBusy) void this.#renew(why)
  }

  async #renew(why: string): Promise<void> {
    this.#isBusy = true
    clearTimeout(this.#timer)
    const { signal } = this.#stop
    try {
      const identity = await signIn(this.#options, why, signal, this.#identity)
      if (signal.aborted) return
      this.#identity = identity
      this.#isRefused = false
      this.#took(identity)
      this.onRenewed(identity)
    } catch (error) {
      if (!signal.aborted) this.#failed(error, why)
    } finally {
      this.#isBusy = false
    }
  }

  #took({ expiresAt }: Identity): void {
    const { onEvent, user, now } = this.#options
    this.#signedAt = now()
    onEvent({ type: 'signed-in', user, until: expiresAt })
    const ahead = Math.min(AHEAD_MS, (expiresAt - now()) * AHEAD_PART)
    this.#plan(expiresAt - ahead, 'The sign-in ends soon.')
  }

  #plan(at: number, why: string): void {
    const { now } = this.#options
    clearTimeout(this.#timer)
    const wait = Math.min(Math.max(at - now(), 0), LONGEST_TIMER_MS)
    this.#timer = setTimeout(() => (now() >= at ? this.#begin(why) : this.#plan(at, why)), wait)
    this.#timer.unref()
  }

  #failed(error: unknown, why: string): void {
    const { onEvent, now } = this.#options
    const failure =
      error instanceof GatewayError
        ? error
        : new GatewayError('GATEWAY_SIGN_IN_REFUSED', String(error), { cause: error })
    onEvent({ type: 'warning', code: failure.code, text: failure.message })
    if (failure.code === 'GATEWAY_UNREACHABLE' || failure.code === 'GATEWAY_PEER')
      this.#plan(now() + AGAIN_MS, why)
    else this.#giveUp(failure)
  }

  /** Nobody is asked any more; what is there counts until its end. */
  #giveUp(failure: GatewayError): void {
    const left = this.#identity.expiresAt - this.#options.now()
    clearTimeout(this.#timer)
    if (left <= 0 || this.#isRefused) this.#signedOut.resolve(failure)
    else this.#timer = setTimeout(() => this.#giveUp(failure), Math.min(left, LONGEST_TIMER_MS)).unref()
  }
}
