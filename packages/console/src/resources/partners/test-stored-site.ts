import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'
import type { SiteTest } from '../../contract/index.ts'
import { asSite } from './partners.ts'

/**
 * Tests the connection to a site of a store, for a command.
 * @returns undefined when there is no such site
 * @throws {Problem} for a site that cannot be read
 */
export async function testStoredSite(
  store: Pick<Store, 'initiated'>,
  inForce: () => Settings,
  name: string,
): Promise<SiteTest | undefined> {
  const { sites } = store.initiated
  const row = await sites.get(name)
  if (!row) return undefined
  // The doctor is large: it is loaded when there is something to examine.
  const { testSite } = await import('./site-tries.ts')
  return testSite({ store, inForce }, { site: asSite(row).value, secrets: (await sites.secrets(name)) ?? {} })
}
