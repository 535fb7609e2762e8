export interface RowWindow {
  /** First row to draw. */
  first: number
  /** Row after the last one to draw. */
  end: number
}

/**
 * Which rows of equal height to draw of a list that scrolls with the page.
 *
 * @param top distance from the top of the visible part down to the first row; negative when scrolled past it
 * @param spare rows drawn beyond each edge, so that scrolling shows no blanks
 */
export function windowRows(rows: number, rowHeight: number, top: number, visibleHeight: number, spare = 8): RowWindow {
  const first = Math.max(0, Math.floor(-top / rowHeight) - spare)
  const end = Math.min(rows, Math.ceil((visibleHeight - top) / rowHeight) + spare)
  return { first: Math.min(first, rows), end: Math.max(Math.min(first, rows), end) }
}
