/** Metric keys that the pages name. The catalogue itself lives in the contract module of the back end. */
export const KEY = {
  cpu: 'system.cpu.utilization',
  cpuUser: 'system.cpu.utilization{mode=user}',
  cpuNice: 'system.cpu.utilization{mode=nice}',
  cpuSystem: 'system.cpu.utilization{mode=system}',
  cpuIowait: 'system.cpu.utilization{mode=iowait}',
  cpuInterrupt: 'system.cpu.utilization{mode=interrupt}',
  cpuSteal: 'system.cpu.utilization{mode=steal}',
  load1: 'system.cpu.load_average.1m',
  load5: 'system.cpu.load_average.5m',
  load15: 'system.cpu.load_average.15m',
  contextSwitches: 'system.cpu.context_switches',
  interrupts: 'system.cpu.interrupts',
  memory: 'system.memory.utilization',
  memoryLimit: 'system.memory.limit',
  memoryUsed: 'system.memory.usage{state=used}',
  memoryFree: 'system.memory.usage{state=free}',
  memoryBuffers: 'system.memory.usage{state=buffers}',
  memoryCached: 'system.memory.usage{state=cached}',
  memoryAvailable: 'system.memory.linux.available',
  swap: 'system.paging.utilization{state=used}',
  swapUsed: 'system.paging.usage{state=used}',
  swapLimit: 'system.paging.limit',
  swapIn: 'system.paging.operations{direction=in}',
  swapOut: 'system.paging.operations{direction=out}',
  pressureCpu: 'system.linux.pressure{resource=cpu,stall=some}',
  pressureMemory: 'system.linux.pressure{resource=memory,stall=some}',
  pressureMemoryFull: 'system.linux.pressure{resource=memory,stall=full}',
  pressureIo: 'system.linux.pressure{resource=io,stall=some}',
  pressureIoFull: 'system.linux.pressure{resource=io,stall=full}',
  diskRead: 'system.disk.io{direction=read}',
  diskWrite: 'system.disk.io{direction=write}',
  diskReads: 'system.disk.operations{direction=read}',
  diskWrites: 'system.disk.operations{direction=write}',
  diskBusiest: 'system.disk.utilization.max',
  netReceive: 'system.network.io{direction=receive}',
  netTransmit: 'system.network.io{direction=transmit}',
  netReceivePackets: 'system.network.packet.count{direction=receive}',
  netTransmitPackets: 'system.network.packet.count{direction=transmit}',
  netErrors: 'system.network.errors',
  netDropped: 'system.network.packet.dropped',
  tcpEstablished: 'system.network.connection.count{state=established,transport=tcp}',
  tcpTimeWait: 'system.network.connection.count{state=time_wait,transport=tcp}',
  tcpOrphaned: 'system.network.connection.count{state=orphaned,transport=tcp}',
  tcpAllocated: 'system.network.connection.count{state=allocated,transport=tcp}',
  processes: 'system.process.count',
  processesRunning: 'system.process.count{state=running}',
  processesBlocked: 'system.process.count{state=blocked}',
  processesCreated: 'system.process.created',
  threads: 'system.thread.count',
  filesystemFullest: 'system.filesystem.utilization.max',
  uptime: 'system.uptime',
} as const

export interface ParsedKey {
  metric: string
  attributes: Record<string, string>
}

const SPECIAL = /[\u0000-\u001f,={}"\\]/

function quote(value: string): string {
  return value === '' || SPECIAL.test(value) ? JSON.stringify(value) : value
}

/** The key of a series: attributes in alphabetical order, values quoted as JSON where needed. */
export function keyOf(metric: string, attributes: Record<string, string>): string {
  const names = Object.keys(attributes).sort()
  if (names.length === 0) return metric
  return `${metric}{${names.map((name) => `${name}=${quote(attributes[name] ?? '')}`).join(',')}}`
}

/** Reads a key; undefined when it is not one. The inverse of {@link keyOf}. */
export function parseKey(key: string): ParsedKey | undefined {
  const brace = key.indexOf('{')
  if (brace < 0) return { metric: key, attributes: {} }
  if (!key.endsWith('}')) return undefined
  const text = key.slice(brace + 1, -1)
  const attributes: Record<string, string> = {}
  let at = 0
  while (at < text.length) {
    const equals = text.indexOf('=', at)
    if (equals < 0) return undefined
    const name = text.slice(at, equals)
    let end = equals + 1
    let value: string
    if (text[end] === '"') {
      end++
      while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
      try {
        value = String(JSON.parse(text.slice(equals + 1, end + 1)))
      } catch {
        return undefined
      }
      end++
    } else {
      const comma = text.indexOf(',', end)
      end = comma < 0 ? text.length : comma
      value = text.slice(equals + 1, end)
    }
    attributes[name] = value
    at = end + 1
  }
  return { metric: key.slice(0, brace), attributes }
}

/** Values of one attribute among the keys of a metric, such as the devices of system.disk.io, in natural order. */
export function attributeValues(keys: Iterable<string>, metric: string, attribute: string): string[] {
  const found = new Set<string>()
  for (const key of keys) {
    if (!key.startsWith(metric) || !key.includes(attribute)) continue
    const parsed = parseKey(key)
    const value = parsed?.metric === metric ? parsed.attributes[attribute] : undefined
    if (value !== undefined) found.add(value)
  }
  return [...found].sort(natural)
}

const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Order in which web-2 comes before web-10. */
export function natural(a: string, b: string): number {
  return COLLATOR.compare(a, b)
}

export const coreKey = (core: number | string): string => keyOf(KEY.cpu, { logical_number: String(core) })
export const diskKey = (device: string, direction: 'read' | 'write'): string =>
  keyOf('system.disk.io', { device, direction })
export const diskOperationsKey = (device: string, direction: 'read' | 'write'): string =>
  keyOf('system.disk.operations', { device, direction })
export const diskBusyKey = (device: string): string => keyOf('system.disk.io_time', { device })
export const interfaceKey = (name: string, direction: 'receive' | 'transmit'): string =>
  keyOf('system.network.io', { interface: name, direction })
export const temperatureKey = (id: string): string => keyOf('hw.temperature', { id })
export const filesystemKey = (mountpoint: string): string => keyOf('system.filesystem.utilization', { mountpoint })
export const filesystemUsageKey = (mountpoint: string, state: 'used' | 'free'): string =>
  keyOf('system.filesystem.usage', { mountpoint, state })
export const filesystemLimitKey = (mountpoint: string): string => keyOf('system.filesystem.limit', { mountpoint })
