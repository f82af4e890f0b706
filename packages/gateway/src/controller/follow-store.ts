import type { Store } from '@portolan/store'
import { GatewayError } from '../errors.ts'
import { coalesce } from './coalesce.ts'
import type { CurrentPolicy } from './current-policy.ts'
import type { Directory } from './directory.ts'
import type { Edges } from './edges.ts'
import type { IdentityFeed } from './identity-feed.ts'

export interface FollowParts {
  readonly changes: Store['changes']
  readonly directory: Directory
  readonly policy: CurrentPolicy
  readonly edges: Edges
  readonly identities: IdentityFeed
  warn(code: string, text: string): void
}

/** Keeps what the controller knows of the store up to date, and tells the edges what is news. */
export interface Following extends Disposable {
  /** The first look. @throws {StoreError}; a configuration that cannot be used is warned of */
  readConfig(): Promise<void>
  /** The settings are others. Resolves when edges were told. */
  settingsChanged(): Promise<void>
  /** Resolves when all changes that were told of are done, or could not be. */
  done(): Promise<void>
}

/** What is to be looked at anew: the configuration, all members, one of them, or what settings say. */
type Stale = 'config' | 'members' | 'settings' | `member ${string}`

export function followStore({ changes, directory, policy, edges, identities, warn }: FollowParts): Following {
  let told = ''

  const readConfig = async (): Promise<boolean> => {
    try {
      const changed = await policy.refresh()
      told = ''
      return changed
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      if (error.message !== told)
        warn(error.code, `${error.message} Edges go on with the configuration before it.`)
      told = error.message
      return false
    }
  }

  const look = async (stale: ReadonlySet<Stale>) => {
    if (stale.has('config') || stale.has('settings')) {
      if (await readConfig()) edges.sayState('config')
    }
    const ids = [...stale].flatMap(item => (item.startsWith('member ') ? [item.slice(7)] : []))
    let news = stale.has('settings') || stale.has('members')
    if (stale.has('members')) await directory.refresh()
    else news = (await directory.look(ids)) || news
    if (!news) return
    edges.check()
    edges.sayState('members')
  }

  const pending = coalesce<Stale>(look, error =>
    warn(
      'STORE_UNAVAILABLE',
      `What has changed could not be read: ${error instanceof Error ? error.message : String(error)}. It is tried again.`,
    ),
  )
  const subscription = changes.subscribe(({ topic, key }) => {
    if (topic === 'access' || topic === 'all') pending.add('config')
    if (topic === 'settings' || topic === 'all') pending.add('settings')
    if (topic === 'members') pending.add(key === undefined ? 'members' : `member ${key}`)
    if (topic === 'all') pending.add('members')
    if (topic === 'users' && key !== undefined) identities.changed(key)
    else if (topic === 'users' || topic === 'groups' || topic === 'settings' || topic === 'all')
      identities.changed()
  })
  const done = () => pending.done().catch(() => {})

  return {
    async readConfig() {
      await readConfig()
    },
    settingsChanged() {
      pending.add('settings')
      identities.changed()
      return done()
    },
    done,
    [Symbol.dispose]() {
      subscription[Symbol.dispose]()
      pending[Symbol.dispose]()
    },
  }
}
