import type { Port } from '@portolan/console/contract'
import { type Column, Rows } from '../../components/rows.tsx'
import { SessionLinks } from './port-facts.tsx'
import { STATE_LETTER, STATE_WORD } from './port-map.ts'
import classes from './ports.module.css'

/** Rows that are shown at most; the picture has them all. */
const MOST = 500

const columns: readonly Column<Port>[] = [
  {
    key: 'port',
    header: 'Port',
    priority: 1,
    width: 90,
    cell: ({ port }) => <span className="tabular">{port}</span>,
  },
  {
    key: 'state',
    header: 'State',
    cell: ({ state }) => (
      <span className={classes.state}>
        <span className={classes.cell} data-state={state} aria-hidden="true">
          {STATE_LETTER[state]}
        </span>
        {STATE_WORD[state]}
      </span>
    ),
  },
  {
    key: 'waitingFor',
    header: 'Waits for',
    cell: ({ waitingFor }) => <code>{waitingFor.join(', ') || '–'}</code>,
  },
  {
    key: 'sessions',
    header: 'Sessions',
    cell: ({ sessions }) => (sessions.length > 0 ? <SessionLinks sessions={sessions} /> : '–'),
  },
  { key: 'text', header: 'Why', cell: ({ text }) => text ?? '–' },
]

/** The ports that are not simply free, as a table. */
export function PortList({ ports, label }: { ports: readonly Port[]; label: string }) {
  if (ports.length === 0) return <p className={classes.nothing}>No port is reserved or in use.</p>
  return (
    <>
      <Rows label={label} columns={columns} rows={ports.slice(0, MOST)} rowKey={({ port }) => String(port)} />
      {ports.length > MOST && <p className={classes.more}>and {ports.length - MOST} more</p>}
    </>
  )
}
