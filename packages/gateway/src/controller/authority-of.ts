import { setTimeout as sleep } from 'node:timers/promises'
import { type Store, StoreError } from '@portolan/store'
import { z } from 'zod'
import { type Authority, createAuthority, openAuthority } from '../pki/authority.ts'

const NAME = 'authority'
const BY = { by: 'portolan' }
/** How long somebody else may take to write the key beside the certificate, and how often is looked. Milliseconds. */
const OTHERS_MS = 5_000
const LOOK_MS = 50

type Table = Store['access']['authority']

const kept = z.object({ certificate: z.string() })

/**
 * The authority of a store, made at its first use. Of two who make it at once, the one whose certificate is kept first wins, and both
 * answer that one.
 * @throws {GatewayError} `GATEWAY_IDENTITY` when what the store has cannot be used
 * @throws {StoreError}
 */
export function authorityOf(
  { access }: Pick<Store, 'access'>,
  now: () => number = Date.now,
): Promise<Authority> {
  return readOrMake(access.authority, now)
}

async function readOrMake(authority: Table, now: () => number): Promise<Authority> {
  const known = await readAuthority(authority)
  if (known) return known
  const revision = (await authority.get(NAME))?.revision
  if (revision !== undefined) {
    const others = await waitForKey(authority)
    if (others) return others
  }
  const made = await createAuthority(now())
  const document = { certificate: made.certificate }
  try {
    // A certificate whose key never came is of somebody who was stopped in between: nobody has trusted it yet.
    if (revision === undefined) await authority.create(NAME, document, BY)
    else await authority.replace(NAME, document, { ...BY, base: revision })
  } catch (error) {
    if (!(error instanceof StoreError) || !TAKEN.has(error.code)) throw error
    return readOrMake(authority, now)
  }
  await authority.setSecrets(NAME, { key: made.key }, BY)
  return made
}

/** Somebody else was first. */
const TAKEN: ReadonlySet<string> = new Set(['STORE_EXISTS', 'STORE_CONFLICT', 'STORE_MISSING'])

async function readAuthority(table: Table): Promise<Authority | undefined> {
  const row = await table.get(NAME)
  const key = row && (await table.secrets(NAME))?.key
  return row && key !== undefined
    ? openAuthority({ certificate: kept.parse(row.document).certificate, key })
    : undefined
}

async function waitForKey(table: Table): Promise<Authority | undefined> {
  for (let waited = 0; waited < OTHERS_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS)
    const found = await readAuthority(table)
    if (found) return found
  }
  return undefined
}
