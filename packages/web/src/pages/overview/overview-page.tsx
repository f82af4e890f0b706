import { Anchor, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { Overview, Sample } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Plot, type PlotLine } from '../../components/plot.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { countText, rateText } from '../../format/format.ts'
import { Failures } from './failures.tsx'
import { FirstSteps } from './first-steps-card.tsx'
import { Listeners, PassiveFigures, Workers } from './node-parts.tsx'
import classes from './overview.module.css'
import { RunsCard } from './runs-card.tsx'
import { columnsOf } from './sample-columns.ts'
import { useOverview } from './use-overview.ts'

/** The node at a glance. */
export default function OverviewPage() {
  const { query, samples, now, failures } = useOverview()
  const { data } = query
  if (!data || !now) {
    return (
      <>
        <PageHeader title="Overview" />
        {query.error ? (
          <ErrorView error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Stack aria-busy="true">
            <Skeleton height={84} radius="md" />
            <Skeleton height={240} radius="md" />
          </Stack>
        )}
      </>
    )
  }
  const isQuiet =
    data.users === 0 || (failures.length === 0 && samples.every(({ sessions }) => sessions === 0))
  return (
    <>
      <PageHeader
        title="Overview"
        description={
          <>
            Node {data.node.name}, version {data.node.version}, started <TimeAgo at={data.node.startedAt} />,
            state in {data.node.store === 'sqlite' ? 'SQLite' : 'PostgreSQL'}.
          </>
        }
      />
      {query.error && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      <Warnings warnings={data.warnings} />
      <Figures overview={data} now={now} />
      {isQuiet && <FirstSteps overview={data} />}
      <Plots samples={samples} now={now} />
      <div className={classes.columns} data-quiet={failures.length === 0 || undefined}>
        <Failures failures={failures} />
        <div className={classes.side}>
          <RunsCard />
          <Listeners overview={data} />
          <PassiveFigures passive={data.passive} />
          <Workers overview={data} />
        </div>
      </div>
    </>
  )
}

function Figures({ overview, now }: { overview: Overview; now: Sample }) {
  return (
    <dl className={classes.figures}>
      <Figure name="Sessions" to="/sessions" value={countText(now.sessions)} />
      <Figure name="Transfers" to="/sessions" value={countText(now.transfers)} />
      <Figure name="Sent" value={rateText(now.sent)} />
      <Figure name="Received" value={rateText(now.received)} />
      <Figure name="Users" to="/users" value={countText(overview.users)} />
      <Figure name="Bans" to="/bans" value={countText(overview.bans)} />
    </dl>
  )
}

function Figure({ name, value, to }: { name: string; value: string; to?: string }) {
  return (
    <Paper className={classes.figure}>
      <dt>
        {to === undefined ? (
          name
        ) : (
          <Anchor component={Link} to={to} inherit underline="hover">
            {name}
          </Anchor>
        )}
      </dt>
      <dd>{value}</dd>
    </Paper>
  )
}

const BYTE_LINES: readonly PlotLine[] = [
  { label: 'Sent', colour: '--plot-1', filled: true },
  { label: 'Received', colour: '--plot-2', dash: [6, 4] },
]
const COUNT_LINES: readonly PlotLine[] = [
  { label: 'Sessions', colour: '--plot-1', filled: true },
  { label: 'Transfers', colour: '--plot-2', dash: [6, 4] },
]

function Plots({ samples, now }: { samples: readonly Sample[]; now: Sample }) {
  return (
    <div className={classes.plots}>
      <Part title="Bytes per second">
        <Plot
          label={`Bytes per second of the last ten minutes: now ${rateText(now.sent)} sent, ${rateText(now.received)} received`}
          lines={BYTE_LINES}
          columns={columnsOf(samples, ['sent', 'received'])}
          format={rateText}
          least={1024}
        />
      </Part>
      <Part title="Sessions and transfers">
        <Plot
          label={`Sessions and transfers of the last ten minutes: now ${now.sessions} sessions, ${now.transfers} transfers`}
          lines={COUNT_LINES}
          columns={columnsOf(samples, ['sessions', 'transfers'])}
          format={countText}
          least={4}
          whole
        />
      </Part>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper component="section" className={classes.part} aria-label={title}>
      <Title order={2}>{title}</Title>
      {children}
    </Paper>
  )
}

/** What the check of the settings says, each with the way to its field. */
function Warnings({ warnings }: { warnings: Overview['warnings'] }) {
  if (warnings.length === 0) return null
  return (
    <Notice spaced tone="warn" title="To look after">
      <ul>
        {warnings.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <Text component="span" size="md">
              {path !== '' && (
                <>
                  <Anchor component={Link} inherit to="/ftp-settings" search={{ field: path } as never}>
                    <code>{path}</code>
                  </Anchor>{' '}
                </>
              )}
              {message}
            </Text>
          </li>
        ))}
      </ul>
    </Notice>
  )
}
