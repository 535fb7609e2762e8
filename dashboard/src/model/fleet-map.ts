export interface MapGrid {
  columns: number
  rows: number
  /** Side of a cell with its gap, in CSS pixels. */
  pitch: number
}

const LARGEST = 22
const SMALLEST = 7

/**
 * The largest cells with which `machines` fit in `width` without more than `rowsWanted` rows, down to a size one can
 * still hit.
 */
export function mapGrid(machines: number, width: number, rowsWanted = 4): MapGrid {
  for (let pitch = LARGEST; pitch > SMALLEST; pitch--) {
    const columns = Math.max(1, Math.floor(width / pitch))
    const rows = Math.ceil(machines / columns)
    if (rows * pitch <= rowsWanted * 16) return { columns, rows, pitch }
  }
  const columns = Math.max(1, Math.floor(width / SMALLEST))
  return { columns, rows: Math.ceil(machines / columns), pitch: SMALLEST }
}

/** Which cell lies under a point; -1 outside. */
export function cellAt(grid: MapGrid, machines: number, x: number, y: number): number {
  const column = Math.floor(x / grid.pitch)
  const row = Math.floor(y / grid.pitch)
  if (column < 0 || column >= grid.columns || row < 0) return -1
  const cell = row * grid.columns + column
  return cell < machines ? cell : -1
}

/** Step of the heat scale for a share: 0 (idle) to steps - 1. */
export function heatStep(share: number, steps: number): number {
  return Math.min(steps - 1, Math.max(0, Math.floor(share * steps)))
}
