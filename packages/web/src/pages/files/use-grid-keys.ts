import type { KeyboardEvent, RefObject } from 'react'
import type { EntryActions } from './entry-row.tsx'
import { parentPath } from './paths.ts'
import { choose, chooseAll, type Move, moved, NOTHING } from './selection.ts'
import type { Folder } from './use-folder.ts'

const MOVES: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
  PageUp: 'page-up',
  PageDown: 'page-down',
}

interface GridKeys {
  readonly folder: Folder
  readonly actions: EntryActions
  readonly onRemoveTicked: () => void
  /** Pixels. */
  readonly rowHeight: number
  /** What a page is as high as. */
  readonly scroller: RefObject<HTMLElement | null>
}

/**
 * The keys of the listing. Arrows, Home, End and the page keys move; with Shift they choose a range, with Ctrl they leave
 * what is chosen. Space adds, Ctrl+A takes all, Escape none. Enter opens, F2 renames, Delete asks, Backspace goes up.
 */
export function useGridKeys({ folder, actions, onRemoveTicked, rowHeight, scroller }: GridKeys) {
  const { shown, names, selection, select, path } = folder
  const active = shown[selection.active === undefined ? -1 : names.indexOf(selection.active)]
  const act = (key: string): boolean => {
    if (key === 'Escape') select(now => ({ ...NOTHING, active: now.active, anchor: now.anchor }))
    else if (key === 'Backspace' && path !== '/') folder.go(parentPath(path))
    else if (key === 'Delete' && selection.ticked.size > 0) onRemoveTicked()
    else if (!active) return false
    else if (key === 'Enter') actions.open(active)
    else if (key === 'F2') actions.rename(active)
    else if (key === 'Delete') actions.remove(active)
    else if (key === ' ') select(now => choose(now, names, active.name, 'toggle'))
    else return false
    return true
  }
  return (event: KeyboardEvent) => {
    // Keys in the head's buttons, or in a menu, are theirs.
    if (event.target !== event.currentTarget || event.altKey) return
    const ctrl = event.ctrlKey || event.metaKey
    const move = MOVES[event.key]
    if (move) {
      event.preventDefault()
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
      const to = moved(selection, names, move, page)
      if (to === undefined) return
      if (ctrl && !event.shiftKey) select(now => ({ ...now, active: to }))
      else select(now => choose(now, names, to, event.shiftKey ? 'range' : 'alone'))
      return
    }
    if (ctrl && event.key.toLowerCase() === 'a') {
      event.preventDefault()
      return select(now => chooseAll(now, names))
    }
    if (!ctrl && act(event.key)) event.preventDefault()
  }
}
