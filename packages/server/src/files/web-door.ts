import type { Settings } from '@portolan/settings'
import type { UserRecord } from '../controller/authenticator.ts'
import {
  answerWebLogin,
  bannedNow,
  type LoginRules,
  type LoginState,
  refusalOf,
} from '../controller/logins.ts'
import type { Quota } from '../controller/quotas.ts'
import type { SessionEvent } from '../events.ts'
import { type FileAccess, type FileAccessAsk, FileAccessError } from '../file-access.ts'
import type { ControllerLink, Refusal } from '../link.ts'
import { type ReplyKey, ReplyTexts } from '../replies.ts'
import { openUserFiles } from '../worker/open-user-files.ts'
import { Storages } from '../worker/storages.ts'
import { UserAccess } from './user-access.ts'
import { WebTransfers } from './web-transfers.ts'

/** A user who signs in by another way than FTP. */
export interface WebLogin {
  readonly user: string
  readonly password: string
  readonly address: string
  /** Whether the password came protected. */
  readonly tls: boolean
}

/** How that went. `text` is for the user. */
export type WebLoginAnswer =
  | { readonly ok: true; readonly user: string }
  | {
      readonly ok: false
      /** The key of the reply that FTP gives, such as `login.failed`. */
      readonly code: string
      readonly text: string
      /** It cannot be told now whether the password is right. */
      readonly unavailable?: boolean
    }

/** What the door is part of. */
export interface WebDoorOwner {
  readonly state: LoginState
  readonly link: ControllerLink
  rules(): LoginRules
  settings(): Settings
  /** Makes the quota of a user known to the link. */
  noteQuota(user: UserRecord): Quota | undefined
}

/** What FTP says in words of FTP. */
const OTHER_TEXTS: Readonly<Partial<Record<ReplyKey, string>>> = {
  'login.user-needs-tls': 'This user needs TLS: open this page by https.',
}

/** The way to users' files that is not FTP. Every access has a name of its own in the events: `web-17`. */
export class WebDoor {
  readonly #owner: WebDoorOwner
  readonly #transfers = new WebTransfers()
  /** The last is in use; the others belong to accesses that were opened before the settings changed. */
  readonly #storages: Storages[] = []
  #uploads = ''
  #next = 0

  constructor(owner: WebDoorOwner) {
    this.#owner = owner
  }

  /** Decides as PASS does. */
  async authenticate(ask: WebLogin): Promise<WebLoginAnswer> {
    const { state } = this.#owner
    const answer = await answerWebLogin({ ...ask, session: this.#name() }, this.#owner.rules(), state)
    if (answer.kind === 'accepted') return { ok: true, user: answer.account.user }
    const unavailable = answer.key === 'login.unavailable'
    return { ok: false, code: answer.key, text: this.#text(answer), ...(unavailable && { unavailable }) }
  }

  /** @throws {FileAccessError} `FILE_DENIED` when the account is not what it was; `FILE_BUSY`, `FILE_FAILED` */
  async openFiles({ user: name, address }: FileAccessAsk): Promise<FileAccess> {
    const { state, link } = this.#owner
    const rules = this.#owner.rules()
    const banned = bannedNow({ user: name, address }, state)
    if (banned) throw this.#denied(banned)
    const user = await this.#lookUp(name, rules)
    const refusal = user && refusalOf(user, { address, tls: true }, state.now())
    if (refusal) throw this.#denied(refusal)
    if (!user) throw new FileAccessError('FILE_DENIED', 'There is no such user any more. Sign in again.')
    const quota = this.#owner.noteQuota(user)
    const account = rules.accounts.of(user, address)
    const session = this.#name()
    const emit = (event: SessionEvent) => state.emit({ ...event, session, address, user: account.user })
    const files = await openUserFiles(account, this.#currentStorages()).catch((cause: unknown) => {
      const text = `the home of ${account.user} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`
      emit({ type: 'warning', code: 'home', text })
      throw new FileAccessError('FILE_FAILED', this.#text({ key: 'login.no-home' }), { cause })
    })
    const stallMs = this.#owner.settings().timeouts.stall
    const transfers = this.#transfers
    return new UserAccess({ account, files, quota: quotaOf(quota), address, transfers, link, stallMs, emit })
  }

  /** Lets transfers end within `ms` milliseconds, then breaks them off. */
  async close(ms: number): Promise<void> {
    await this.#transfers.close(ms)
    await Promise.all(this.#storages.splice(0).map(storages => storages[Symbol.asyncDispose]()))
  }

  #name(): string {
    this.#next += 1
    return `web-${this.#next}`
  }

  async #lookUp(name: string, { authenticator, accounts }: LoginRules): Promise<UserRecord | undefined> {
    if (accounts.isAnonymous(name)) return undefined
    try {
      return await authenticator.lookup?.(name)
    } catch (cause) {
      throw new FileAccessError('FILE_BUSY', this.#text({ key: 'login.unavailable' }), { cause })
    }
  }

  #denied(refusal: Refusal): FileAccessError {
    return new FileAccessError('FILE_DENIED', this.#text(refusal))
  }

  #text({ key, values }: Pick<Refusal, 'key' | 'values'>): string {
    const texts = new ReplyTexts(this.#owner.settings().messages.replies)
    return OTHER_TEXTS[key] ?? texts.say(key, values).lines.join(' ')
  }

  #currentStorages(): Storages {
    const { uploads } = this.#owner.settings()
    const stamp = JSON.stringify(uploads)
    const current = this.#storages.at(-1)
    if (current && stamp === this.#uploads) return current
    const storages = new Storages(uploads)
    this.#uploads = stamp
    this.#storages.push(storages)
    return storages
  }
}

function quotaOf(quota: Quota | undefined): { bytes?: number; files?: number } | undefined {
  if (!quota) return undefined
  const { bytes, files } = quota
  return { ...(bytes !== undefined && { bytes }), ...(files !== undefined && { files }) }
}
