import { groupAsInput, parseGroup } from '@portolan/settings'
import { type JsonValue, StoreError, type UserRow } from '@portolan/store'
import type { FieldProblem, Group, GroupWrite } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { mistakes, virtualFolderProblems, withoutAbsent } from '../users/shared-parts.ts'
import { nameProblem } from '../users/user-name.ts'
import { asJson, isRecord } from '../users/user-view.ts'
import { type UncountedGroup, viewOfDocument, viewOfFileGroup } from './group-view.ts'

/** What is sent beside the settings of a group, and what an answer tells and nobody sets. */
const BESIDE: ReadonlySet<string> = new Set(['revision', 'origin', 'members'])
/** Members that are read from the store at once. */
const SLICE = 500

/** Groups of the store: checked, saved, and in force on this node before the answer. */
export class GroupsService {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** All groups: those of the store, then those of the settings file that the store has none of the name of. */
  async all(): Promise<readonly UncountedGroup[]> {
    const stored = await this.#services.store.groups.all()
    const names = new Set(stored.map(({ name }) => name))
    // The settings in force hold both; of the same name, the store's.
    const others = this.#services.inForce().groups.filter(({ name }) => !names.has(name))
    return [...stored.map(viewOfDocument), ...others.map(viewOfFileGroup)]
  }

  /** Fills in how many users a group has. */
  async counted(group: UncountedGroup): Promise<Group> {
    return { ...group, members: (await this.#storedMembers(group.name)) + this.#fileMembers(group.name) }
  }

  /** @throws {Problem} 404 `GROUP_MISSING` */
  async get(name: string): Promise<UncountedGroup> {
    const found = (await this.all()).find(group => group.name === name)
    if (!found) throw missing(name)
    return found
  }

  /** @throws {Problem} 409 `GROUP_EXISTS`, 422 `GROUP_INVALID` */
  async create(write: GroupWrite, actor: string): Promise<UncountedGroup> {
    const document = await this.#draft(write)
    const made = await told(write.name, () =>
      this.#services.store.groups.create(write.name, document, { by: actor }),
    )
    await this.#apply()
    return viewOfDocument(made)
  }

  /** @throws {Problem} 404, 409 `GROUP_STALE`, `GROUP_FROM_FILE`, 422 `GROUP_INVALID` */
  async replace(
    name: string,
    write: GroupWrite,
    actor: string,
  ): Promise<{ before: UncountedGroup; after: UncountedGroup }> {
    const before = await this.#stored(name)
    if (write.name !== name) {
      const message = `must stay ${name}: a group keeps its name; make a new group`
      throw new Problem(422, 'GROUP_INVALID', `name ${message}`, [{ path: 'name', message }])
    }
    const document = await this.#draft(write)
    const base = write.revision === undefined ? {} : { base: write.revision }
    const after = await told(name, () =>
      this.#services.store.groups.replace(name, document, { by: actor, ...base }),
    )
    await this.#apply()
    return { before, after: viewOfDocument(after) }
  }

  /**
   * Deletes a group.
   * @param force - takes it from its members first
   * @throws {Problem} 404, 409 `GROUP_FROM_FILE`, 409 `GROUP_HAS_MEMBERS` with how many
   */
  async remove(name: string, force: boolean, actor: string): Promise<UncountedGroup & { left: number }> {
    const before = await this.#stored(name)
    const ofFile = this.#fileMembers(name)
    if (ofFile > 0) {
      const text = `${ofFile} users of the settings file are in ${name}: take it from them there first`
      throw new Problem(409, 'GROUP_HAS_MEMBERS', text)
    }
    const members = await this.#storedMembers(name)
    if (members > 0 && !force) {
      const text = `${members} users are in ${name}, and whoever has no other rules may do everything without it: take it from them first, or delete it with force`
      throw new Problem(409, 'GROUP_HAS_MEMBERS', text)
    }
    const left = await this.#leave(name, actor)
    if (!(await this.#services.store.groups.remove(name))) throw missing(name)
    await this.#apply()
    return { ...before, left }
  }

  async #stored(name: string): Promise<UncountedGroup> {
    const group = await this.get(name)
    if (group.origin === 'store') return group
    throw new Problem(
      409,
      'GROUP_FROM_FILE',
      `the group ${name} comes from the settings file, and is changed only there`,
    )
  }

  async #storedMembers(group: string): Promise<number> {
    return (await this.#services.store.users.list({ offset: 0, limit: 1, group })).total
  }

  #fileMembers(group: string): number {
    return this.#services.fileUsers().filter(user => user.groups.includes(group)).length
  }

  /** Takes the group from all its members. Each one that is done is no member any more, so the first page is the next. */
  async #leave(group: string, actor: string): Promise<number> {
    const { users } = this.#services.store
    let left = 0
    for (;;) {
      const { items } = await users.list({ offset: 0, limit: SLICE, group })
      if (items.length === 0) return left
      for (const user of items) await users.replace(user.name, withoutGroup(user, group), { by: actor })
      left += items.length
    }
  }

  async #draft(write: GroupWrite): Promise<JsonValue> {
    const errors: FieldProblem[] = []
    const message = nameProblem(write.name)
    if (message !== undefined) errors.push({ path: 'name', message })
    const fields = Object.entries(write).filter(([field]) => !BESIDE.has(field))
    const parsed = parseGroup(withoutAbsent(Object.fromEntries(fields)))
    if ('problems' in parsed) {
      throw invalid(write.name, [
        ...errors,
        ...parsed.problems.filter(({ path }) => path !== errors[0]?.path),
      ])
    }
    const { folders } = parsed.group
    errors.push(...(await virtualFolderProblems(folders, this.#services.node.dataFolder)))
    if (errors.length > 0) throw invalid(write.name, errors)
    return asJson(groupAsInput(parsed.group))
  }

  async #apply(): Promise<void> {
    await this.#services.settings.groupsChanged()
    this.#services.server.forgetLogins()
  }
}

function withoutGroup({ document, enabled, groups }: UserRow, group: string) {
  const left = groups.filter(name => name !== group)
  const fields = isRecord(document) ? document : {}
  return { document: asJson({ ...fields, groups: left }), enabled, groups: left }
}

const missing = (name: string) => new Problem(404, 'GROUP_MISSING', `there is no group ${name}`)

function invalid(name: string, errors: readonly FieldProblem[]): Problem {
  return new Problem(422, 'GROUP_INVALID', mistakes(`the group ${name}`, errors), errors)
}

/** What the store says, in the words of groups. */
async function told<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code === 'STORE_MISSING') throw missing(name)
    if (error.code === 'STORE_EXISTS') {
      const text = `there is a group ${name} already: choose another name`
      throw new Problem(409, 'GROUP_EXISTS', text, [{ path: 'name', message: 'is taken' }])
    }
    if (error.code !== 'STORE_CONFLICT') throw error
    throw new Problem(409, 'GROUP_STALE', `${name} was changed by somebody else meanwhile: look at it again`)
  }
}
