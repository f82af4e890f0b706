import type { ChangeTopic, Store } from '@portolan/store'

/** What a change makes a node do. Each may reject: it is tried again. */
export interface ChangeActions {
  /** Settings or groups are others. */
  reload(): Promise<void>
  /** A user, or all of them when none is named. */
  forgetLogins(user?: string): void
  applyBans(): Promise<void>
  /** The certificate of the store may be another one. */
  certificates(): Promise<void>
  warn(text: string): void
}

/** First and longest wait before an action is tried again, in milliseconds. */
const RETRY_MS = 1_000
const RETRY_CEILING_MS = 30_000

type Action = 'reload' | 'applyBans' | 'certificates'

const ACTIONS: Readonly<Record<ChangeTopic, readonly Action[]>> = {
  settings: ['reload'],
  groups: ['reload'],
  users: [],
  administrators: [],
  tokens: [],
  bans: ['applyBans'],
  certificates: ['certificates'],
  zones: [],
  sites: [],
  definitions: [],
  runs: [],
  // The controller of the access path follows these by itself.
  access: [],
  members: [],
  all: ['reload', 'applyBans', 'certificates'],
}

/** Does on this node what changes in the store ask for, whoever made them. One action of a kind runs at a time. */
export function followChanges(store: Pick<Store, 'changes'>, actions: ChangeActions): Disposable {
  const wanted = new Set<Action>()
  let working = false
  let closed = false
  let retryMs = RETRY_MS
  let timer: NodeJS.Timeout | undefined
  const work = async () => {
    if (working) return
    working = true
    for (const action of wanted) {
      wanted.delete(action)
      try {
        await actions[action]()
        retryMs = RETRY_MS
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        actions.warn(`a change in the store is not in force yet, and is tried again: ${text}`)
        wanted.add(action)
        break
      }
    }
    working = false
    if (wanted.size === 0 || closed) return
    timer = setTimeout(() => void work(), retryMs)
    timer.unref()
    retryMs = Math.min(retryMs * 2, RETRY_CEILING_MS)
  }
  const subscription = store.changes.subscribe(({ topic, key }) => {
    if (topic === 'users') actions.forgetLogins(key)
    if (topic === 'all' || topic === 'groups') actions.forgetLogins()
    for (const action of ACTIONS[topic]) wanted.add(action)
    if (wanted.size > 0) void work()
  })
  return {
    [Symbol.dispose]() {
      closed = true
      clearTimeout(timer)
      subscription[Symbol.dispose]()
    },
  }
}
