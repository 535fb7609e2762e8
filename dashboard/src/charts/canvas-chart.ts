import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Gap } from '../contract/types'
import { clock, moment } from '../model/units'
import { colour, withOpacity } from '../ui/colours'
import { cursorTime, SYNC_KEY } from './cursor'

const AXIS_FONT = '11px Inter, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif'
const LEAST_DRAG_PIXELS = 6
/** The same for every chart, so that a moment stands at the same place in all of them. */
const LEFT_AXIS_PIXELS = 58
/** Room for half of the last label of the time axis. */
const RIGHT_PIXELS = 16

export interface Zoom {
  (from: number, to: number): void
}

export interface CanvasChartOptions {
  series: uPlot.Series[]
  height: number
  /** Grid lines of the vertical scale and what stands beside them. */
  splits: (top: number) => number[]
  label: (value: number) => string
  /** Drawn after the grid, below the lines. */
  paint?: (chart: uPlot) => void
  zoom: Zoom
  /** Takes the zoom back. */
  unzoom: () => void
}

/**
 * The one wrapper around uPlot: time axis, gaps, shared cursor, zoom by dragging, and a size that follows its box.
 * Colours are functions, so that a change of theme needs only another painting.
 */
export class CanvasChart {
  readonly plot: uPlot
  private gaps: readonly Gap[] = []
  private window: [number, number] = [0, 1]
  private top = 1
  private readonly observer: ResizeObserver
  private readonly timeLabel: HTMLElement
  private pointed = false

  constructor(host: HTMLElement, options: CanvasChartOptions) {
    const height = options.height
    this.plot = new uPlot(
      {
        width: Math.max(100, host.clientWidth),
        height,
        ms: 1,
        padding: [6, RIGHT_PIXELS, 0, 0],
        legend: { show: false },
        select: { show: true, left: 0, top: 0, width: 0, height: 0 },
        focus: { alpha: 1 },
        cursor: {
          y: false,
          points: { size: 5, width: 0 },
          drag: { x: true, y: false, setScale: false },
          sync: { key: SYNC_KEY, scales: ['x', null] },
          bind: {
            dblclick: () => () => {
              options.unzoom()
              return null
            },
          },
        },
        scales: {
          x: { time: true, range: () => this.window },
          y: { range: () => [0, this.top] },
        },
        axes: [
          {
            stroke: () => colour('faint'),
            font: AXIS_FONT,
            size: 22,
            gap: 4,
            space: 74,
            ticks: { show: false },
            grid: { stroke: () => colour('grid'), width: 1 },
            values: (_, splits, __, ___, increment) => splits.map((at) => timeLabel(at, increment)),
          },
          {
            stroke: () => colour('faint'),
            font: AXIS_FONT,
            size: LEFT_AXIS_PIXELS,
            gap: 8,
            ticks: { show: false },
            grid: { stroke: () => colour('grid'), width: 1 },
            splits: () => options.splits(this.top),
            values: (_, splits) => splits.map(options.label),
          },
        ],
        series: [{}, ...options.series],
        hooks: {
          drawClear: [(u) => this.shadeGaps(u)],
          ...(options.paint ? { drawAxes: [options.paint] } : {}),
          setCursor: [(u) => this.point(u)],
          setSelect: [(u) => this.select(u, options.zoom)],
        },
      },
      [[], ...options.series.map(() => [])] as uPlot.AlignedData,
      host,
    )
    this.timeLabel = document.createElement('div')
    this.timeLabel.className = 'chart-time'
    this.plot.over.append(this.timeLabel)
    this.plot.over.addEventListener('mouseenter', () => {
      this.pointed = true
    })
    this.plot.over.addEventListener('mouseleave', () => {
      this.pointed = false
      this.timeLabel.hidden = true
      cursorTime.value = undefined
    })
    this.observer = new ResizeObserver(() => {
      if (host.clientWidth > 0 && host.clientWidth !== this.plot.width)
        this.plot.setSize({ width: host.clientWidth, height })
    })
    this.observer.observe(host)
  }

  update(data: uPlot.AlignedData, from: number, to: number, top: number, gaps: readonly Gap[]): void {
    this.window = [from, to]
    this.top = top
    this.gaps = gaps
    this.plot.setData(data, true)
  }

  repaint(): void {
    this.plot.redraw(false, true)
  }

  /** Moves the cursor by steps of pixels, for the keyboard; undefined takes it away. */
  moveCursor(pixels: number | undefined): void {
    this.pointed = pixels !== undefined
    const width = this.plot.over.clientWidth
    const now = this.plot.cursor.left ?? -1
    const left = pixels === undefined ? -10 : now < 0 ? width - 1 : Math.min(width - 1, Math.max(0, now + pixels))
    this.plot.setCursor({ left, top: 0 }, true)
    if (pixels === undefined) {
      this.timeLabel.hidden = true
      cursorTime.value = undefined
    }
  }

  destroy(): void {
    this.observer.disconnect()
    this.plot.destroy()
  }

  private point(u: uPlot): void {
    const left = u.cursor.left ?? -1
    if (!this.pointed || left < 0) return
    const time = u.posToVal(left, 'x')
    cursorTime.value = time
    this.timeLabel.hidden = false
    this.timeLabel.textContent = this.window[1] - this.window[0] > 20 * 3_600_000 ? moment(time, true) : clock(time)
    const own = this.timeLabel.offsetWidth
    this.timeLabel.style.left = `${Math.min(u.over.clientWidth - own, Math.max(0, left - own / 2))}px`
  }

  private select(u: uPlot, zoom: Zoom): void {
    const { left, width } = u.select
    if (width < LEAST_DRAG_PIXELS) return
    const [from, to] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')]
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    zoom(from, to)
  }

  private shadeGaps(u: uPlot): void {
    if (this.gaps.length === 0) return
    const pen = u.ctx
    const { left, top, width, height } = u.bbox
    pen.save()
    pen.beginPath()
    pen.rect(left, top, width, height)
    pen.clip()
    for (const gap of this.gaps) {
      const [x0, x1] = [u.valToPos(gap.from, 'x', true), u.valToPos(gap.to, 'x', true)]
      if (x1 < left || x0 > left + width) continue
      hatch(pen, Math.max(left, x0), Math.min(left + width, Math.max(x1, x0 + 2)), top, height)
    }
    pen.restore()
  }
}

/** Slanted lines over a faint ground: absence drawn as such, not as zero. */
function hatch(pen: CanvasRenderingContext2D, x0: number, x1: number, top: number, height: number): void {
  const ratio = window.devicePixelRatio || 1
  pen.save()
  pen.beginPath()
  pen.rect(x0, top, x1 - x0, height)
  pen.clip()
  pen.fillStyle = withOpacity(colour('gap'), 0.07)
  pen.fillRect(x0, top, x1 - x0, height)
  pen.strokeStyle = withOpacity(colour('gap'), 0.4)
  pen.lineWidth = ratio
  // A dashed series leaves its dashes behind.
  pen.setLineDash([])
  pen.beginPath()
  const step = 7 * ratio
  // Lines stand on a grid of their own, so that they do not crawl while the window moves over them.
  for (let x = Math.floor((x0 - height) / step) * step; x < x1; x += step) {
    pen.moveTo(x, top + height)
    pen.lineTo(x + height, top)
  }
  pen.stroke()
  pen.restore()
}

/** Labels of the time axis: as fine as the distance between them asks for, the date at midnight. */
function timeLabel(at: number, increment: number): string {
  const d = new Date(at)
  if (increment >= 86_400_000 || (d.getHours() === 0 && d.getMinutes() === 0 && increment >= 3_600_000)) {
    return moment(at).replace(/ \d\d:\d\d$/, '')
  }
  return increment < 60_000 ? clock(at) : clock(at).slice(0, 5)
}
