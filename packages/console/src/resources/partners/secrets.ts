import type { SecretDocuments } from '@portolan/store'

/** What is to become of secrets: absent leaves one as it is, null takes it away. */
export type SecretChange = Readonly<Record<string, string | null | undefined>>

/** Puts a change of secrets into those that are there. Nothing is written when nothing changes. */
export async function changeSecrets(
  documents: Pick<SecretDocuments, 'secrets' | 'setSecrets'>,
  name: string,
  change: SecretChange,
  actor: string,
): Promise<void> {
  const asked = Object.values(change).some(value => value !== undefined)
  if (!asked) return
  const before = (await documents.secrets(name)) ?? {}
  await documents.setSecrets(name, merged(before, change), { by: actor })
}

/** Secrets with a change in them. */
export function merged(
  before: Readonly<Record<string, string>>,
  change: SecretChange,
): Readonly<Record<string, string>> {
  const all: Readonly<Record<string, string | null | undefined>> = {
    ...before,
    ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}

/** What the audit log says of a change of secrets: which, and nothing of them. */
export function secretText(change: SecretChange): string {
  return Object.entries(change)
    .flatMap(([key, value]) => {
      if (value === undefined) return []
      return [value === null ? `the ${key} was taken away` : `a new ${key} was set`]
    })
    .join(', ')
}
