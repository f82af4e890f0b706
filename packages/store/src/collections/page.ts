import type { PageAsk } from '../store.ts'

/** Rows of one page at most, whoever asks. */
const MAX_LIMIT = 500

/** The bounds of a page, put right. */
export function pageBounds(ask: Pick<PageAsk<string>, 'offset' | 'limit'>): {
  offset: number
  limit: number
} {
  return { offset: Math.max(0, Math.trunc(ask.offset)), limit: pageLimit(ask.limit) }
}

export const pageLimit = (limit: number): number => Math.min(MAX_LIMIT, Math.max(1, Math.trunc(limit)))

/** The direction of a sort. */
export const direction = (ask: Pick<PageAsk<string>, 'descending'>): 'asc' | 'desc' =>
  ask.descending === true ? 'desc' : 'asc'
