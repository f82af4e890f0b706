import type { UserRecord } from '@portolan/server'
import type { StoreAuthenticator } from '../store-authenticator.ts'

/** The groups of a user who may use the access path; undefined when there is none, or one who is disabled or has expired. */
export async function identify(
  authenticator: Pick<StoreAuthenticator, 'lookup'>,
  user: string,
  now: number,
): Promise<{ readonly groups: readonly string[] } | undefined> {
  const record = await authenticator.lookup(user)
  return record && blockedBecause(record, now) === undefined ? { groups: record.groups } : undefined
}

/** What keeps a user out, whoever asks and from wherever. */
export function blockedBecause({ name, enabled, expires }: UserRecord, now: number): string | undefined {
  if (!enabled) return `The user ${name} is disabled.`
  if (expires !== undefined && Date.parse(expires) < now) return `The account of ${name} has expired.`
  return undefined
}
