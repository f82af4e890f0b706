import type { Page } from './pages.ts'

type Found = Pick<Page, 'title' | 'words' | 'group'>

/** Pages for what was typed: those whose title begins with it first, then those that have every word somewhere. */
export function matchPages<P extends Found>(pages: readonly P[], typed: string): readonly P[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = (page: P): number => {
    const title = page.title.toLowerCase()
    if (title.startsWith(words.join(' '))) return 0
    const text = `${title} ${page.words ?? ''} ${page.group ?? ''}`.toLowerCase()
    if (words.every(word => title.includes(word))) return 1
    return words.every(word => text.includes(word)) ? 2 : 3
  }
  return pages
    .map(page => ({ page, rank: rank(page) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map(({ page }) => page)
}
