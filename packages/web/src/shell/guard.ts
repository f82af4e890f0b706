import type { Me } from '@portolan/console/contract'
import type { Page } from './pages.ts'

/** Whether who is signed in may see a page. */
export function maySee(page: Pick<Page, 'scope'>, me: Me): boolean {
  if (page.scope === 'anybody') return true
  if (page.scope === 'user') return me.kind === 'user'
  if (me.kind === 'user') return false
  return page.scope === 'administrator' || me.scopes.includes(page.scope)
}

/** The first page after signing in. */
export const homeOf = (me: Pick<Me, 'kind'>): string => (me.kind === 'user' ? '/files' : '/overview')

/**
 * Where signing in leads back to: a path of this console. Anything else, such as `//evil.example` or `/\evil.example`, leads
 * home, so that a link cannot lead away (CWE-601).
 */
export function wayBack(next: string | undefined, home: string): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next)) return home
  if (/[\0-\x20\\]/.test(next) || next.startsWith('/sign-in') || next.startsWith('/setup')) return home
  return next
}
