import { Button, UnstyledButton } from '@mantine/core'
import { useThrottledCallback } from '@mantine/hooks'
import type { Run, RunState } from '@portolan/console/contract'
import { IconCalendarTime } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { FilterBar } from '../../components/filter-bar.tsx'
import { HoursSelect } from '../../components/hours-select.tsx'
import { LogTable } from '../../components/log-table.tsx'
import { NameFilter } from '../../components/name-filter.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useLogList } from '../../components/use-log-list.ts'
import { countText } from '../../format/format.ts'
import { useLive } from '../../live/use-live.ts'
import { useSiteNames, useTransferNames } from '../sites/use-names.ts'
import { type LiveRuns, shownRuns, withRun } from './live-runs.ts'
import { RunActions } from './run-actions.tsx'
import { RunProgress } from './run-progress.tsx'
import { RunStatus } from './run-state.tsx'
import classes from './runs.module.css'

const OPENS = { transfer: '', site: '', state: '', hours: '' }
const none: LiveRuns = new Map()
/** Counts are asked for at most so often while runs begin and end, in milliseconds. */
const COUNT_MS = 2_000

/** Runs of transfers as they are now, newest first. */
export default function RunsPage() {
  const log = useLogList<Run>('/runs', OPENS)
  const [live, setLive] = useState<LiveRuns>(none)
  const client = useQueryClient()
  const count = useThrottledCallback(
    () => void client.invalidateQueries({ queryKey: ['/runs/counts'] }),
    COUNT_MS,
  )
  useLive(['run'], {
    run: run => {
      if (live.get(run.id)?.run.state !== run.state) count()
      setLive(before => withRun(before, run, Date.now()))
    },
  })
  const { change } = log
  const { transfer = '', site = '', state = '', hours = '' } = log.filters
  const filtered = transfer !== '' || site !== '' || state !== '' || hours !== ''
  const rows = log.rows && shownRuns(log.rows, live, { transfer, site, state })
  return (
    <>
      <PageHeader
        title="Runs"
        description="Every run of a site transfer: what waits, what moves now, and what became of the others."
        actions={
          <Button
            component={Link}
            to="/coming"
            variant="default"
            leftSection={<IconCalendarTime size={16} aria-hidden />}
          >
            Coming runs
          </Button>
        }
      />
      <Counts state={state} onState={next => change({ state: next })} />
      <FilterBar>
        <NameFilter
          label="Transfer"
          names={useTransferNames()}
          value={transfer}
          onChange={name => change({ transfer: name })}
        />
        <NameFilter
          label="Site"
          names={useSiteNames()}
          value={site}
          onChange={name => change({ site: name })}
        />
        <HoursSelect value={hours} onChange={value => change({ hours: value })} />
      </FilterBar>
      <LogTable
        label="Runs"
        log={rows ? { ...log, rows } : log}
        columns={columnsOf(live)}
        rowKey={run => run.id}
        href={run => `/runs/${encodeURIComponent(run.id)}`}
        actions={run => <RunActions run={run} compact />}
        empty={{
          text: filtered
            ? 'No run is like that.'
            : 'Nothing has run yet. A run shows up here as soon as a site transfer begins.',
        }}
      />
    </>
  )
}

function columnsOf(live: LiveRuns): readonly Column<Run>[] {
  return [
    { key: 'transfer', header: 'Transfer', priority: 1, cell: run => run.transfer },
    { key: 'state', header: 'State', cell: run => <State run={run} /> },
    {
      key: 'progress',
      header: 'Progress',
      width: 260,
      cell: run => <RunProgress run={run} rate={live.get(run.id)?.rate} />,
    },
    { key: 'cause', header: 'Because', cell: run => <Cause run={run} /> },
    { key: 'sites', header: 'Site', priority: 3, cell: run => run.sites.join(', ') || '–' },
    { key: 'createdAt', header: 'Made', cell: run => <TimeAgo at={run.createdAt} /> },
  ]
}

function State({ run }: { run: Run }) {
  return (
    <>
      <RunStatus state={run.state} />
      {run.state === 'retrying' && (
        <p className={classes.advice}>
          attempt {run.attempt + 1} <TimeAgo at={run.dueAt} />
        </p>
      )}
    </>
  )
}

/** Why it was made; and of one that failed, why it failed and what helps. */
function Cause({ run }: { run: Run }) {
  return (
    <div className={classes.cause}>
      {run.cause.text}
      {run.error && run.state !== 'cancelled' && (
        <p className={classes.fault} title={run.error.text}>
          {run.error.text}
        </p>
      )}
      {run.state === 'failed' && run.error?.advice[0] && (
        <p className={classes.advice}>{run.error.advice[0]}</p>
      )}
    </div>
  )
}

const STATES: readonly RunState[] = ['running', 'waiting', 'retrying', 'failed', 'cancelled', 'succeeded']

/** How many runs are in each state; a click shows those. */
function Counts({ state, onState }: { state: string; onState: (state: string) => void }) {
  const { data } = useQuery({
    queryKey: ['/runs/counts'],
    queryFn: () => api.get<Record<RunState, number>>('/runs/counts'),
    refetchInterval: 15_000,
  })
  return (
    <ul className={classes.counts} aria-label="Runs by state; those that are over, of the last day">
      {STATES.map(one => (
        <li key={one}>
          <UnstyledButton
            className={classes.count}
            aria-pressed={state === one}
            data-bad={(one === 'failed' && (data?.failed ?? 0) > 0) || undefined}
            onClick={() => onState(state === one ? '' : one)}
          >
            <b>{data ? countText(data[one] ?? 0) : '–'}</b>
            <span>{one}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  )
}
