/** Which rows of a long table are drawn. */
export interface RowWindow {
  readonly first: number
  /** One behind the last. */
  readonly end: number
  /** Heights of what is left out above and below, in pixels. */
  readonly above: number
  readonly below: number
}

/** Rows drawn beyond the edges, so that scrolling shows no gap. */
const MARGIN = 8

/** The rows of `total` that a view of `height` pixels shows at a scroll position. All rows are `rowHeight` pixels high. */
export function rowWindow(total: number, rowHeight: number, scrollTop: number, height: number): RowWindow {
  const shown = Math.ceil(Math.max(height, 0) / rowHeight) + 1
  const top = Math.floor(Math.max(scrollTop, 0) / rowHeight)
  const end = Math.min(total, top + shown + MARGIN)
  const first = Math.max(0, Math.min(top, total - shown) - MARGIN)
  return {
    first,
    end: Math.max(first, end),
    above: first * rowHeight,
    below: (total - Math.max(first, end)) * rowHeight,
  }
}
