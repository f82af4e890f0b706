import { bare, type Keyed, keyed } from '../../../components/keyed.ts'

/** A range of ports as its row holds it; an empty end is that of the begin. */
export interface PortRow {
  readonly from: number | string
  readonly to: number | string
}

interface Range {
  readonly from: number
  readonly to: number
}

/** The ports of dynamic use (RFC 6335 section 6), of which most FTP servers take their passive ports unless they are told others. */
const DYNAMIC: Range = { from: 49_152, to: 65_535 }

/** Ports that people mean most often. */
export const PORT_PRESETS: readonly {
  readonly key: 'passive' | 'all' | 'inspected'
  readonly label: string
  readonly ports: readonly Range[]
  readonly inspection: 'off' | 'ftp'
}[] = [
  {
    key: 'inspected',
    label: 'FTP: 21 alone, with inspection',
    ports: [{ from: 21, to: 21 }],
    inspection: 'ftp',
  },
  {
    key: 'passive',
    label: 'FTP: 21 and the passive range',
    ports: [{ from: 21, to: 21 }, DYNAMIC],
    inspection: 'off',
  },
  { key: 'all', label: 'All ports: 1 to 65535', ports: [{ from: 1, to: 65_535 }], inspection: 'off' },
]

export const rowsOfPorts = (ports: readonly Range[]): readonly Keyed<PortRow>[] =>
  ports.map(({ from, to }) => keyed({ from, to }))

export const emptyPortRow = (): Keyed<PortRow> => keyed({ from: '', to: '' })

/** The ranges as the API takes them. */
export const portsOfRows = (rows: readonly Keyed<PortRow>[]): Range[] =>
  rows.map(bare).map(({ from, to }) => ({ from: Number(from), to: to === '' ? Number(from) : Number(to) }))

/** Ranges as people write them: `21, 61000–62023`. */
export const portsText = (ports: readonly Range[]): string =>
  ports.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(', ')

/** How many ports there are in all; a port of two ranges counts once. */
export function portCount(ports: readonly Range[]): number {
  let last = 0
  let count = 0
  for (const { from, to } of ports.toSorted((a, b) => a.from - b.from)) {
    count += Math.max(0, to - Math.max(from, last + 1) + 1)
    last = Math.max(last, to)
  }
  return count
}
