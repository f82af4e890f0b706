import { hashPassword } from '@portolan/server'
import { type UserWrite as RowWrite, StoreError, type UserRow } from '@portolan/store'
import type { User, UserWrite } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { defaultHome, makeHome } from './home.ts'
import { draftUser, type UserDraft } from './user-draft.ts'
import { viewOfFileUser, viewOfRow } from './user-view.ts'

/** A change of a user: as it was, and as it is. */
export interface UserChanged {
  readonly before: User
  readonly after: User
}

/** Users of the store: checked, saved, and in force on this node at once. */
export class UsersService {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** @throws {Problem} 404 `USER_MISSING` */
  async get(name: string): Promise<User> {
    const row = await this.#services.store.users.get(name)
    if (row) return viewOfRow(row)
    const user = this.#services.fileUsers().find(one => one.name === name)
    if (!user) throw missing(name)
    return viewOfFileUser(user)
  }

  /**
   * Makes a user, with a home below the data folder unless another is given.
   * @throws {Problem} 409 `USER_EXISTS`, `USER_HOME`; 422 `USER_INVALID`
   */
  async create(write: UserWrite, actor: string): Promise<User> {
    const { store, node, server } = this.#services
    const draft = await this.#draft(write, defaultHome(node.dataFolder, write.name))
    if (await store.users.get(write.name)) throw exists(write.name)
    const password = typeof write.password === 'string' ? await hashPassword(write.password) : undefined
    await using home = draft.makesHome ? await makeHome(draft.settings.home, node.dataFolder) : undefined
    const row = await told(write.name, () =>
      store.users.create(write.name, rowOf(draft, password), { by: actor }),
    )
    home?.keep()
    server.forgetLogins(write.name)
    return viewOfRow(row)
  }

  /**
   * Replaces a user. Home, password and whether the user is enabled stay when they are not sent.
   * @throws {Problem} 404, 409 `USER_STALE`, `USER_FROM_FILE`, 422 `USER_INVALID`
   */
  async replace(name: string, write: UserWrite, actor: string): Promise<UserChanged> {
    const before = viewOfRow(await this.row(name))
    if (write.name !== name) {
      const message = `must stay ${name}: a user keeps the name; make a new user`
      throw new Problem(422, 'USER_INVALID', `name ${message}`, [{ path: 'name', message }])
    }
    const whole = { ...write, home: write.home ?? before.home, enabled: write.enabled ?? before.enabled }
    return { before, after: await this.#save(name, whole, actor) }
  }

  /** Changes the fields that are sent, and leaves the others. @throws {Problem} as {@link replace} */
  async change(name: string, change: Partial<UserWrite>, actor: string): Promise<UserChanged> {
    const before = viewOfRow(await this.row(name))
    // Without a revision of the caller's own the one just read keeps a change that came between.
    const revision = change.revision ?? before.revision
    return { before, after: await this.#save(name, { ...before, ...change, name, revision }, actor) }
  }

  /** @throws {Problem} 404, 409 `USER_FROM_FILE` */
  async remove(name: string): Promise<User> {
    const before = viewOfRow(await this.row(name))
    if (!(await this.#services.store.users.remove(name))) throw missing(name)
    await this.#shutOut(name)
    // Tokens of an agent are not for whoever is called so next.
    await this.#services.store.access.people.remove(name)
    return before
  }

  /** A user of the store. @throws {Problem} 404, 409 `USER_FROM_FILE` */
  async row(name: string): Promise<UserRow> {
    const row = await this.#services.store.users.get(name)
    if (row) return row
    if (!this.#services.fileUsers().some(user => user.name === name)) throw missing(name)
    throw new Problem(
      409,
      'USER_FROM_FILE',
      `${name} comes from the settings file or a flag of the start, and is changed only there`,
    )
  }

  async #save(name: string, write: UserWrite, actor: string): Promise<User> {
    const { store, node } = this.#services
    const draft = await this.#draft(write)
    const password = typeof write.password === 'string' ? await hashPassword(write.password) : write.password
    const base = write.revision === undefined ? {} : { base: write.revision }
    await using home = draft.makesHome ? await makeHome(draft.settings.home, node.dataFolder) : undefined
    const row = await told(name, () =>
      store.users.replace(name, rowOf(draft, password), { by: actor, ...base }),
    )
    home?.keep()
    if (!row.enabled || password !== undefined) await this.#shutOut(name)
    else this.#services.server.forgetLogins(name)
    return viewOfRow(row)
  }

  async #draft(write: UserWrite, home?: string): Promise<UserDraft> {
    const { store, node, inForce } = this.#services
    const settings = inForce()
    const stored = write.groups?.length ? await store.groups.all() : []
    return draftUser(write, {
      dataFolder: node.dataFolder,
      inForce: settings,
      groups: [...new Set([...stored, ...settings.groups].map(group => group.name))],
      ...(home !== undefined && { defaultHome: home }),
    })
  }

  /** Whoever is signed in to the Files page with what no longer holds has to sign in again. */
  async #shutOut(name: string): Promise<void> {
    this.#services.server.forgetLogins(name)
    await this.#services.store.webSessions.removeAll('user', name)
  }
}

function rowOf({ settings, document }: UserDraft, password: string | null | undefined): RowWrite {
  const { enabled, groups } = settings
  return { document, enabled, groups, ...(password !== undefined && { password }) }
}

const missing = (name: string) => new Problem(404, 'USER_MISSING', `there is no user ${name}`)

const exists = (name: string) =>
  new Problem(409, 'USER_EXISTS', `there is a user ${name} already: choose another name`, [
    { path: 'name', message: 'is taken' },
  ])

/** What the store says, in the words of users. */
async function told<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code === 'STORE_EXISTS') throw exists(name)
    if (error.code === 'STORE_MISSING') throw missing(name)
    if (error.code !== 'STORE_CONFLICT') throw error
    throw new Problem(409, 'USER_STALE', `${name} was changed by somebody else meanwhile: look at it again`)
  }
}
