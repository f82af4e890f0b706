import { randomBytes } from 'node:crypto'
import { StoreError } from '@portolan/store'
import type { z } from 'zod'
import type { AccessPerson, accessListQuery, accessTokenCreate } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import { newTotpSecret } from '../../http/second-factor.ts'
import { randomSecret, sha256 } from '../../http/tokens.ts'
import { type Person, personOf } from '../../node/access/person.ts'
import type { Services } from '../../node/services.ts'
import { asJson } from '../users/user-view.ts'

/** What every token of an agent begins with, so that scanners of leaked secrets find it. */
const AGENT_TOKEN_PREFIX = 'pta_'
/** Tokens of one user. */
const MOST_TOKENS = 20
/** How often a change is tried again that another one came between. */
const TRIES = 5

/** What users sign in with at their agents, beside the password. */
export class PeopleService {
  readonly #services: Pick<Services, 'store' | 'fileUsers' | 'now'>

  constructor(services: Pick<Services, 'store' | 'fileUsers' | 'now'>) {
    this.#services = services
  }

  /** The users of the store, then those of the settings file. */
  async page({ offset, limit, search, order }: z.output<typeof accessListQuery>) {
    const { store } = this.#services
    const descending = order === 'desc'
    const stored = await store.users.list({ offset, limit, descending, ...(search && { search }) })
    const others = await this.#usersOfFile(search ?? '', descending)
    const from = Math.max(0, offset - stored.total)
    const left = limit - stored.items.length
    const names = [
      ...stored.items.map(({ name }) => name),
      ...(left > 0 ? others.slice(from, from + left) : []),
    ]
    return {
      items: await Promise.all(names.map(name => this.get(name))),
      total: stored.total + others.length,
    }
  }

  async get(user: string): Promise<AccessPerson> {
    const { people } = this.#services.store.access
    const [row, secrets] = await Promise.all([people.get(user), people.secrets(user)])
    return {
      user,
      totp: secrets?.totp !== undefined,
      tokens: personOf(row).tokens.map(({ hash: _hash, ...token }) => token),
    }
  }

  /** A new secret takes the place of one that was there. @throws {Problem} 404 `USER_MISSING` */
  async newTotp(user: string, actor: string): Promise<{ secret: string; uri: string }> {
    await this.#demand(user)
    const made = newTotpSecret(user)
    await this.#change(user, actor, person => person)
    await this.#services.store.access.people.setSecrets(user, { totp: made.secret }, { by: actor })
    return made
  }

  /** @throws {Problem} 404 `USER_MISSING`, `PERSON_NO_TOTP` */
  async removeTotp(user: string, actor: string): Promise<void> {
    const { people } = this.#services.store.access
    if ((await people.secrets(user))?.totp === undefined) {
      await this.#demand(user)
      throw new Problem(404, 'PERSON_NO_TOTP', `${user} has no second factor`)
    }
    await people.setSecrets(user, {}, { by: actor })
  }

  /** @throws {Problem} 404 `USER_MISSING`, 409 `PERSON_TOO_MANY_TOKENS` */
  async newToken(
    user: string,
    { name, expiresAt }: z.output<typeof accessTokenCreate>,
    actor: string,
  ): Promise<{ id: string; token: string }> {
    await this.#demand(user)
    if (expiresAt !== undefined && expiresAt <= this.#services.now()) {
      const message = 'must be in the future'
      throw new Problem(422, 'PERSON_INVALID', `expiresAt ${message}`, [{ path: 'expiresAt', message }])
    }
    const token = AGENT_TOKEN_PREFIX + randomSecret()
    const made = {
      id: randomBytes(9).toString('base64url'),
      name,
      hash: sha256(token),
      createdAt: this.#services.now(),
      createdBy: actor,
      ...(expiresAt !== undefined && { expiresAt }),
    }
    await this.#change(user, actor, ({ tokens }) => {
      if (tokens.length < MOST_TOKENS) return { tokens: [...tokens, made] }
      const text = `${user} has ${tokens.length} tokens already: remove one that is not used any more`
      throw new Problem(409, 'PERSON_TOO_MANY_TOKENS', text)
    })
    return { id: made.id, token }
  }

  /** Answers its name. @throws {Problem} 404 `TOKEN_MISSING` */
  async removeToken(user: string, id: string, actor: string): Promise<string> {
    const row = await this.#services.store.access.people.get(user)
    const token = personOf(row).tokens.find(one => one.id === id)
    if (!token) throw new Problem(404, 'TOKEN_MISSING', `${user} has no such token`)
    await this.#change(user, actor, ({ tokens }) => ({ tokens: tokens.filter(one => one.id !== id) }))
    return token.name
  }

  /** Changes the document of somebody, who may not have one yet. */
  async #change(user: string, actor: string, change: (before: Person) => Person): Promise<void> {
    const { people } = this.#services.store.access
    for (let tried = 1; ; tried++) {
      const row = await people.get(user)
      const document = asJson(change(personOf(row)))
      try {
        if (row) await people.replace(user, document, { by: actor, base: row.revision })
        else await people.create(user, document, { by: actor })
        return
      } catch (error) {
        const isLate = error instanceof StoreError && LATE.has(error.code)
        if (!isLate || tried === TRIES) throw error
      }
    }
  }

  async #demand(user: string): Promise<void> {
    const { store, fileUsers } = this.#services
    if (fileUsers().some(({ name }) => name === user) || (await store.users.get(user))) return
    throw new Problem(404, 'USER_MISSING', `there is no user ${user}`)
  }

  async #usersOfFile(search: string, descending: boolean): Promise<string[]> {
    const wanted = search.toLowerCase()
    const names: string[] = []
    for (const { name } of this.#services.fileUsers()) {
      if (!name.toLowerCase().includes(wanted)) continue
      // The store's user of that name comes before it.
      if (!(await this.#services.store.users.get(name))) names.push(name)
    }
    names.sort()
    return descending ? names.reverse() : names
  }
}

/** Somebody else changed it between the look and the write. */
const LATE: ReadonlySet<string> = new Set(['STORE_CONFLICT', 'STORE_EXISTS', 'STORE_MISSING'])
