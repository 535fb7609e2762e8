import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { KEY } from '../../contract/keys'
import { store } from '../../live/session'
import { cellAt, heatStep, type MapGrid, mapGrid } from '../../model/fleet-map'
import { share } from '../../model/units'
import { machinePath, navigate } from '../../router'
import { colour, type ColourName } from '../../ui/colours'
import { appearance } from '../../ui/theme'
import { rows } from './list'

const HEAT: ColourName[] = ['heat-0', 'heat-1', 'heat-2', 'heat-3', 'heat-4']

/**
 * One cell per machine of the list below, in its order: the darker or brighter the busier. The table says the same in
 * words.
 */
export function FleetMap(): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const grid = useRef<MapGrid>({ columns: 1, rows: 1, pitch: 10 })
  const [pointed, setPointed] = useState<string>()

  const paint = (): void => {
    const target = canvas.current
    const parent = target?.parentElement
    const pen = target?.getContext('2d')
    if (!target || !parent || !pen) return
    const list = rows.value
    const g = mapGrid(list.length, parent.clientWidth)
    grid.current = g
    const ratio = window.devicePixelRatio || 1
    const [width, height] = [g.columns * g.pitch, g.rows * g.pitch]
    if (target.width !== width * ratio || target.height !== height * ratio) {
      target.width = width * ratio
      target.height = height * ratio
      target.style.width = `${width}px`
      target.style.height = `${height}px`
    }
    const heat = HEAT.map(colour)
    const hollow = { stale: colour('muted'), down: getComputedStyle(target).getPropertyValue('--critical').trim() }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, width, height)
    const side = g.pitch - (g.pitch > 10 ? 2 : 1)
    list.forEach((machine, i) => {
      const x = (i % g.columns) * g.pitch
      const y = Math.floor(i / g.columns) * g.pitch
      if (machine.state === 'up') {
        pen.fillStyle = heat[heatStep(machine.value(KEY.cpu) ?? 0, HEAT.length)] ?? ''
        pen.fillRect(x, y, side, side)
      } else {
        pen.strokeStyle = hollow[machine.state]
        pen.lineWidth = 1.5
        pen.strokeRect(x + 0.75, y + 0.75, side - 1.5, side - 1.5)
      }
    })
  }

  useSignalEffect(() => {
    void store.changes.value
    void appearance.value
    paint()
  })
  useLayoutEffect(() => {
    const parent = canvas.current?.parentElement
    if (!parent) return
    const observer = new ResizeObserver(paint)
    observer.observe(parent)
    return () => observer.disconnect()
  }, [])

  const at = (event: MouseEvent): string | undefined => {
    const list = rows.value
    return list[cellAt(grid.current, list.length, event.offsetX, event.offsetY)]?.id
  }
  const machine = pointed === undefined ? undefined : store.machines.get(pointed)
  return (
    <section class="map" aria-hidden="true" data-testid="fleet-map">
      <div class="map-cells">
        <canvas
          ref={canvas}
          onMouseMove={(event) => setPointed(at(event))}
          onMouseLeave={() => setPointed(undefined)}
          onClick={(event) => {
            const id = at(event)
            if (id !== undefined) navigate(machinePath(id))
          }}
        />
      </div>
      <div class="map-key">
        <span class="map-pointed">
          {machine
            ? `${machine.id}  ${machine.state === 'up' ? share(machine.value(KEY.cpu)) : machine.state}`
            : 'CPU by machine'}
        </span>
        <span class="map-scale">
          0%
          {HEAT.map((name) => (
            <i key={name} style={{ background: `var(--${name})` }} />
          ))}
          100%
        </span>
      </div>
    </section>
  )
}
