import { type ClientKind, type DataCommand, type DataWay, dataWay, type Family, type Tls } from './client.ts'

/** One client in one combination of what it can do. */
export type Row = DataWay & {
  readonly client: ClientKind
  readonly tls: Tls
  readonly family: Family
}

const TLS_WORDS = { none: 'in the clear', explicit: 'explicit TLS', implicit: 'implicit TLS' } as const

const FAMILIES = [4, 6] as const

/** Every combination that a client of this version can do, in the order of its lists. */
export function rowsOf(client: ClientKind, version = ''): Row[] {
  const rows = client.tls.flatMap(tls =>
    FAMILIES.flatMap(family =>
      client.commands[family].map(command => ({ client, tls, family, ...dataWay(command) })),
    ),
  )
  return rows.filter(row => !client.fails?.(row, version))
}

/** A row in words: `curl, explicit TLS, passive by EPSV, IPv6`. */
export function describeRow({ client, tls, mode, command, family }: Row): string {
  return `${client.name}, ${TLS_WORDS[tls]}, ${mode} by ${command}, IPv${family}`
}

/** How a row went. */
export interface Outcome {
  readonly row: Row
  readonly version: string
  /** Whether the server insisted on TLS session reuse. */
  readonly reuse: boolean
  readonly passed: boolean
  readonly ms: number
}

/** Rows run two at a time and end in any order; the list is in the order of the rows. */
function inOrder(outcomes: readonly Outcome[], clients: readonly ClientKind[]): Outcome[] {
  const commands: readonly DataCommand[] = ['EPSV', 'PASV', 'EPRT', 'PORT']
  const rank = ({ row, reuse }: Outcome) => [
    Number(reuse),
    clients.findIndex(client => client.package === row.client.package),
    row.client.tls.indexOf(row.tls),
    row.family,
    commands.indexOf(row.command),
  ]
  return outcomes.toSorted((a, b) => {
    const other = rank(b)
    return rank(a).reduce((order, value, index) => order || value - (other[index] ?? 0), 0)
  })
}

/** The list of what ran, one line for each client, TLS and family, and what the clients cannot do. */
export function formatOutcomes(outcomes: readonly Outcome[], clients: readonly ClientKind[]): string {
  const lines = new Map<string, { cells: string[]; commands: string[]; ms: number; failed: boolean }>()
  for (const { row, version, reuse, passed, ms } of inOrder(outcomes, clients)) {
    const sessions = row.tls === 'none' ? '-' : reuse ? 'required' : 'enabled'
    const cells = [row.client.name, version, TLS_WORDS[row.tls], sessions, `IPv${row.family}`]
    const line = lines.get(cells.join()) ?? { cells, commands: [], ms: 0, failed: false }
    line.commands.push(passed ? `${row.mode} ${row.command}` : `${row.mode} ${row.command} FAILED`)
    line.ms += ms
    line.failed ||= !passed
    lines.set(cells.join(), line)
  }
  const table = [
    ['client', 'version', 'TLS', 'session reuse', 'family', 'data connections', 'result', 'seconds'],
    ...[...lines.values()].map(({ cells, commands, ms, failed }) => [
      ...cells,
      commands.join(', '),
      failed ? 'FAILED' : 'passed',
      (ms / 1_000).toFixed(1),
    ]),
  ]
  const limits = clients.map(({ name, cannot }) => `${name}: ${cannot.join('; ') || 'can do all of it'}`)
  const count = `${outcomes.filter(one => one.passed).length} of ${outcomes.length} rows passed`
  const always = 'PASV and PORT carry IPv4 addresses only (RFC 959). What the clients cannot do:'
  return [...alignColumns(table), count, always, ...limits].join('\n')
}

function alignColumns(table: readonly (readonly string[])[]): string[] {
  const widths = table[0]?.map((_, column) => Math.max(...table.map(line => line[column]?.length ?? 0))) ?? []
  return table.map(line =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Commands that agree on a data connection, those that no client here may use included. */
export const DATA_COMMANDS: ReadonlySet<string> = new Set<DataCommand | 'LPRT' | 'LPSV'>([
  'EPSV',
  'PASV',
  'EPRT',
  'PORT',
  'LPRT',
  'LPSV',
])
