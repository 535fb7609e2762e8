import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Machine } from '../../live/machine'
import type { MachineData } from './machine-data'

/** What every panel of the machine page works with. */
export interface MachineContext {
  machine: Machine
  data: MachineData
  zoom: (from: number, to: number) => void
  unzoom: () => void
}

export const MachineContext = createContext<MachineContext | undefined>(undefined)

export function useMachine(): MachineContext {
  const context = useContext(MachineContext)
  if (!context) throw new Error('BUG: a panel stands outside the machine page')
  return context
}
