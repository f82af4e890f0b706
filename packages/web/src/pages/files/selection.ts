/** Which rows are ticked, and where the keyboard stands. Names, since rows come and go. */
export interface Selection {
  readonly ticked: ReadonlySet<string>
  /** The row that keys act on. */
  readonly active: string | undefined
  /** Where a range begins. */
  readonly anchor: string | undefined
}

export const NOTHING: Selection = { ticked: new Set(), active: undefined, anchor: undefined }

/** How a row was chosen: alone, added or taken away (Ctrl), or up to it (Shift). */
export type Manner = 'alone' | 'toggle' | 'range'

/** A row was chosen. `names` are those of the rows in their order. */
export function choose(
  selection: Selection,
  names: readonly string[],
  name: string,
  manner: Manner,
): Selection {
  if (manner === 'alone') return { ticked: new Set([name]), active: name, anchor: name }
  if (manner === 'toggle') {
    const ticked = new Set(selection.ticked)
    if (!ticked.delete(name)) ticked.add(name)
    return { ticked, active: name, anchor: name }
  }
  const from = names.indexOf(selection.anchor ?? name)
  const to = names.indexOf(name)
  const first = from < 0 ? to : Math.min(from, to)
  return {
    ticked: new Set(names.slice(first, Math.max(from, to) + 1)),
    active: name,
    anchor: from < 0 ? name : selection.anchor,
  }
}

/** Moves of the keyboard. */
export type Move = 'up' | 'down' | 'first' | 'last' | 'page-up' | 'page-down'

/** Where a move leads. @param page - rows of a page */
export function moved(
  selection: Selection,
  names: readonly string[],
  move: Move,
  page: number,
): string | undefined {
  const last = names.length - 1
  const here = selection.active === undefined ? -1 : names.indexOf(selection.active)
  const targets: Readonly<Record<Move, number>> = {
    up: here < 0 ? last : here - 1,
    down: here + 1,
    first: 0,
    last,
    'page-up': here - page,
    'page-down': here + page,
  }
  return names[Math.max(0, Math.min(last, targets[move]))]
}

export function chooseAll(selection: Selection, names: readonly string[]): Selection {
  return { ...selection, ticked: new Set(names) }
}

/** The selection without what is not there any more; the same object when nothing is missing. */
export function kept(selection: Selection, names: ReadonlySet<string>): Selection {
  const there = (name: string | undefined) => name === undefined || names.has(name)
  const ticked = [...selection.ticked].filter(name => names.has(name))
  const whole = ticked.length === selection.ticked.size
  if (whole && there(selection.active) && there(selection.anchor)) return selection
  return {
    ticked: whole ? selection.ticked : new Set(ticked),
    active: there(selection.active) ? selection.active : undefined,
    anchor: there(selection.anchor) ? selection.anchor : undefined,
  }
}
