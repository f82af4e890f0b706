import type { Entry } from './upload-queue.ts'
import type { Question, UploadFile, UploadItem, UploadState, UploadView } from './upload-types.ts'

/** Rows of the panel; more would slow the page down and tell nobody more. */
const MOST_SHOWN = 200

/** What is seen of the queue's entries. */
export function viewOf<F extends UploadFile>(entries: readonly Entry<F>[]): UploadView {
  const counts: Record<UploadState['kind'], number> = {
    waiting: 0,
    asking: 0,
    sending: 0,
    done: 0,
    skipped: 0,
    cancelled: 0,
    failed: 0,
  }
  let sent = 0
  let total = 0
  let rate = 0
  let asked: Entry<F> | undefined
  for (const entry of entries) {
    const { state, size } = entry
    counts[state.kind] += 1
    if (state.kind === 'asking') asked ??= entry
    if (state.kind === 'skipped' || state.kind === 'cancelled' || state.kind === 'failed') continue
    total += size
    if (state.kind === 'done') sent += size
    if (state.kind === 'sending') {
      sent += Math.min(state.sent, size)
      rate += state.rate
    }
  }
  const open = counts.waiting + counts.asking + counts.sending
  const shown = shownOf(entries)
  return {
    items: shown.map(itemOf),
    hidden: entries.length - shown.length,
    counts,
    sent,
    total,
    rate,
    question: asked && questionOf(asked, open - 1),
    busy: open > 0,
  }
}

/** What is under way stands first, then what failed, what waits, what is over. */
const RANKS: Readonly<Record<UploadState['kind'], number>> = {
  sending: 0,
  asking: 0,
  failed: 1,
  waiting: 2,
  done: 3,
  skipped: 3,
  cancelled: 3,
}

function shownOf<F extends UploadFile>(entries: readonly Entry<F>[]): readonly Entry<F>[] {
  return [0, 1, 2, 3]
    .flatMap(rank => entries.filter(({ state }) => RANKS[state.kind] === rank))
    .slice(0, MOST_SHOWN)
}

function itemOf<F extends UploadFile>({ id, folder, name, size, state }: Entry<F>): UploadItem {
  return { id, folder, name, size, state }
}

function questionOf<F extends UploadFile>(
  { id, folder, name, byFolder }: Entry<F>,
  others: number,
): Question {
  return { id, folder, name, byFolder, others }
}

/** The uploads in one sentence: for the head of the panel, and for those who hear the page. */
export function uploadSentence({ counts, busy }: Pick<UploadView, 'counts' | 'busy'>): string {
  const { done, failed, skipped, cancelled } = counts
  const open = counts.waiting + counts.asking + counts.sending
  if (busy) return `Uploading: ${done} of ${done + open} done${failed > 0 ? `, ${failed} failed` : ''}`
  const parts = [
    [done, 'uploaded'],
    [failed, 'failed'],
    [skipped, 'skipped'],
    [cancelled, 'cancelled'],
  ] as const
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return told.length > 0 ? told.join(', ') : 'Nothing is uploaded'
}
