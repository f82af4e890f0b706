import { join } from 'node:path'
import { hashPassword } from '@portolan/server'
import { openStore, type StorePlace } from '@portolan/store'
import { BATCH, makeTransfers, makeUsers } from '../store/generate.ts'

/** The password of {@link STORED} and of the same user of the settings file. */
export const PASSWORD = 'a password that is hashed once'
/** Users who log in. */
export const STORED = 'in-the-store'
export const FILED = 'in-the-file'

const HOUR_MS = 3_600_000

/** How much is in the store. */
export interface Amount {
  readonly rows: number
  readonly users: number
}

/**
 * Fills a store that nobody runs yet: users, groups, and logs up to now.
 * @returns the hash of {@link PASSWORD}
 */
export async function fillStore(place: StorePlace, { rows, users }: Amount): Promise<string> {
  await using store = await openStore({ ...place, as: 'tool' })
  await makeUsers(store, users)
  const password = await hashPassword(PASSWORD)
  const home = join(place.folder, 'files', STORED)
  const document = { name: STORED, home }
  await store.users.create(STORED, { document, enabled: true, groups: [], password }, { by: 'bench' })
  for (const name of ['staff', 'partners']) await store.groups.create(name, { name }, { by: 'bench' })
  await makeTransfers(store, rows)
  await append(store.incidents, rows / 5, ago => ({
    at: Date.now() - HOUR_MS - ago * 300,
    node: 'node-1',
    kind: ago % 3 === 0 ? 'data-failed' : 'login-failed',
    code: ago % 3 === 0 ? 'passive-timeout' : 'password',
    text: `wrong user name or password for user${ago % 997}`,
    session: `s${ago.toString(36)}`,
    user: `user${ago % 997}`,
    address: `10.1.${ago % 250}.${ago % 251}`,
    detail: { mode: 'passive', endpoint: '192.0.2.1:61000' },
  }))
  await append(store.audit, rows / 10, ago => ({
    at: Date.now() - HOUR_MS - ago * 600,
    node: 'node-1',
    actor: ago % 7 === 0 ? 'token:ci' : `admin${ago % 11}`,
    address: '192.0.2.9',
    action: ago % 5 === 0 ? 'settings.change' : 'user.change',
    target: `user${ago % 9_973}`,
    before: { maxSessions: ago % 9 },
    after: { maxSessions: ago % 8 },
    outcome: 'done' as const,
    text: '',
  }))
  return password
}

/** Makes rows, the oldest first, and writes them as many at a time as one append takes. */
async function append<Row>(
  log: { append(rows: readonly Row[]): Promise<void> },
  count: number,
  make: (ago: number) => Row,
): Promise<void> {
  for (let left = Math.floor(count); left > 0; left -= BATCH) {
    await log.append(Array.from({ length: Math.min(BATCH, left) }, (_, index) => make(left - index)))
  }
}
