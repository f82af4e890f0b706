import { isAddress } from '@portolan/protocol'
import type { Works } from '../works.ts'

/** The host; the one address that works, where others do not. */
export function dialledHost({ host, address }: Works): string {
  return address ?? host
}

/** The same as a URL has it. */
export function urlHost(works: Works): string {
  const dialled = dialledHost(works)
  return dialled.includes(':') && isAddress(dialled) ? `[${dialled}]` : dialled
}

/** `:2121`, and nothing for the port that goes with the way of TLS. */
export function urlPort({ port, tls }: Works): string {
  return port === (tls === 'implicit' ? 990 : 21) ? '' : `:${port}`
}

/** The user as a URL has it. */
export function urlUser({ user }: Works): string {
  return user === 'anonymous' ? '' : `${encodeURIComponent(user)}@`
}

/** A word for the shell of UNIX, quoted when it has to be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
