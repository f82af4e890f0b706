import type { accessPolicy, forwardingPolicy } from '@portolan/gateway/model'
import type { JsonValue } from '@portolan/store'
import type { z } from 'zod'
import type { AccessPolicyView, FieldProblem, ForwardingPolicyView } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { invalid, type Kind, told } from '../partners/store-words.ts'
import { asJson } from '../users/user-view.ts'
import { type AccessDocs, readAccessDocs, recentAccessDocs, type StoredPolicy } from './access-docs.ts'
import type { Checks } from './checks.ts'
import type { Checked } from './things.ts'

const POLICY: Kind = { code: 'POLICY', word: 'policy' }

type Which = 'forwarding' | 'access'
interface Views {
  forwarding: ForwardingPolicyView
  access: AccessPolicyView
}
type Rules = Pick<z.output<typeof forwardingPolicy> | z.output<typeof accessPolicy>, 'rules'>

/** The two policies: each is saved as a whole, in its order. */
export class PoliciesService {
  readonly #store: Services['store']
  readonly #checks: Checks

  constructor({ store }: Pick<Services, 'store'>, checks: Checks) {
    this.#store = store
    this.#checks = checks
  }

  async forwarding(): Promise<ForwardingPolicyView> {
    const docs = await recentAccessDocs(this.#store)
    return this.#view(docs.forwarding, this.#checks.forwarding(docs.forwarding.value, docs))
  }

  async access(): Promise<AccessPolicyView> {
    const docs = await recentAccessDocs(this.#store)
    return this.#view(docs.access, this.#checks.access(docs.access.value, docs))
  }

  /** @throws {Problem} 409 `POLICY_STALE`, 422 `POLICY_INVALID` */
  async replaceForwarding(write: Write, actor: string): Promise<Replaced<Views['forwarding']>> {
    const docs = await readAccessDocs(this.#store)
    const checked = await this.#checks.forwarding({ rules: write.rules }, docs)
    await this.#save('forwarding', docs, checked, write, actor)
    return { before: asJson(docs.forwarding.value), after: await this.forwarding() }
  }

  /** @throws {Problem} 409 `POLICY_STALE`, 422 `POLICY_INVALID` */
  async replaceAccess(write: Write, actor: string): Promise<Replaced<Views['access']>> {
    const docs = await readAccessDocs(this.#store)
    const checked = await this.#checks.access({ rules: write.rules }, docs)
    await this.#save('access', docs, checked, write, actor)
    return { before: asJson(docs.access.value), after: await this.access() }
  }

  async #save(
    which: Which,
    docs: AccessDocs,
    checked: Checked<Rules>,
    { revision }: Write,
    actor: string,
  ): Promise<void> {
    const name = which === 'forwarding' ? 'of client forwarding' : 'of access'
    if ('problems' in checked) throw invalid(POLICY, name, checked.problems)
    const { policies } = this.#store.access
    const document = asJson(checked.value)
    const { row } = docs[which]
    if (row === undefined) {
      if (revision !== undefined && revision > 0) throw stale(name)
      return await made(name, () => policies.create(which, document, { by: actor }))
    }
    // 0 is what is told before the first one.
    const base = revision === undefined ? {} : { base: revision }
    await told(POLICY, name, () => policies.replace(which, document, { by: actor, ...base }))
  }

  async #view<T extends Rules>(
    { value, row }: StoredPolicy<T>,
    checking: Promise<Checked<T>>,
  ): Promise<T & { revision: number; changedAt: number; changedBy: string; warnings: FieldProblem[] }> {
    const checked = await checking
    return {
      ...value,
      revision: row?.revision ?? 0,
      changedAt: row?.changedAt ?? 0,
      changedBy: row?.changedBy ?? '',
      warnings: [...('problems' in checked ? checked.problems : checked.warnings)],
    }
  }
}

interface Write {
  readonly rules: readonly unknown[]
  readonly revision?: number | undefined
}

/** What was there, for the audit log, and what is there now. */
interface Replaced<View> {
  readonly before: JsonValue
  readonly after: View
}

const stale = (name: string) =>
  new Problem(
    409,
    'POLICY_STALE',
    `the policy ${name} was changed by somebody else meanwhile: look at it again`,
  )

async function made(name: string, create: () => Promise<unknown>): Promise<void> {
  try {
    await told(POLICY, name, create)
  } catch (error) {
    // Somebody else has saved the first one meanwhile.
    throw error instanceof Problem && error.code === 'POLICY_EXISTS' ? stale(name) : error
  }
}
