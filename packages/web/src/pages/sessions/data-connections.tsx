import { Paper, Progress, Text, Title } from '@mantine/core'
import type { DataConnection, SessionDetail } from '@portolan/console/contract'
import { Because } from '../../components/because.tsx'
import { CodeText } from '../../components/code-text.tsx'
import { Plot } from '../../components/plot.tsx'
import { Status, Verdict } from '../../components/status.tsx'
import { Bytes, Duration, Time, useNow } from '../../components/time-ago.tsx'
import { bytesText, rateText } from '../../format/format.ts'
import classes from './data-connections.module.css'
import type { RateSeries } from './rate-series.ts'
import { connectionKey } from './use-rates.ts'

interface DataConnectionsProps {
  readonly detail: SessionDetail
  readonly rates: ReadonlyMap<string, RateSeries>
  readonly over: boolean
}

/** The data connections of a session: the open ones with their rate, then those that are over, newest first. */
export function DataConnections({ detail, rates, over }: DataConnectionsProps) {
  const { agreed, dataConnections } = detail
  return (
    <section className={classes.section} aria-labelledby="data-title">
      <Title order={2} id="data-title">
        Data connections
      </Title>
      {agreed && (
        <Paper className={classes.agreed}>
          Agreed last: <b>{agreed.mode}</b> at <CodeText>{agreed.endpoint}</CodeText>{' '}
          <Because because={agreed.because} />
        </Paper>
      )}
      {dataConnections.length === 0 && (
        <Text c="dimmed" size="md">
          None yet: they come with LIST, RETR and STOR.
        </Text>
      )}
      {dataConnections.map(one => (
        <Connection key={connectionKey(one)} one={one} series={rates.get(connectionKey(one))} over={over} />
      ))}
    </section>
  )
}

interface ConnectionProps {
  readonly one: DataConnection
  readonly series: RateSeries | undefined
  /** The session is over: what is said to be open was so when it was looked at last. */
  readonly over: boolean
}

function Connection({ one, series, over }: ConnectionProps) {
  const now = useNow(1_000)
  const rate = series?.rates.at(-1) ?? 0
  const name = `${one.command} ${one.path}`
  const isOpen = !one.ended && !over
  return (
    <Paper
      component="article"
      className={classes.connection}
      aria-label={name}
      data-open={isOpen || undefined}
    >
      <header className={classes.head}>
        <div className={classes.title}>
          <b>{one.command}</b> <CodeText>{one.path}</CodeText>
        </div>
        {one.ended ? (
          <Verdict verdict={one.ended.verdict} />
        ) : (
          <Status tone="info">{over ? 'open when last seen' : 'open'}</Status>
        )}
      </header>
      <dl className={classes.facts}>
        <div>
          <dt>Mode</dt>
          <dd>
            <Because because={one.because}>{one.mode}</Because>
          </dd>
        </div>
        <div>
          <dt>Between</dt>
          <dd>
            <CodeText>{one.local}</CodeText> {one.direction === 'upload' ? '←' : '→'}{' '}
            <CodeText>{one.remote}</CodeText>
          </dd>
        </div>
        <div>
          <dt>TLS</dt>
          <dd>
            {one.tls
              ? `${one.tls.protocol}, ${one.tls.reused ? 'session resumed' : 'full handshake'}`
              : 'none'}
          </dd>
        </div>
        <div>
          <dt>Moved</dt>
          <dd>
            <Bytes value={one.bytes} />
            {one.size !== undefined && ` of ${bytesText(one.size)}`} in{' '}
            <Duration ms={(one.ended?.at ?? now) - one.since} />
          </dd>
        </div>
        <div>
          <dt>Begun</dt>
          <dd>
            <Time at={one.since} />
          </dd>
        </div>
      </dl>
      {one.ended?.text && <Text size="sm">{one.ended.text}</Text>}
      {isOpen && one.size !== undefined && one.size > 0 && (
        <Progress
          value={(100 * one.bytes) / one.size}
          size="sm"
          mt={8}
          aria-label={`Part of ${name} that was moved`}
        />
      )}
      {isOpen && series && series.times.length > 0 && (
        <Plot
          label={`Rate of ${name}: now ${rateText(rate)}`}
          lines={RATE_LINES}
          columns={[series.times, series.rates]}
          format={rateText}
          least={1024}
          height={130}
        />
      )}
    </Paper>
  )
}

const RATE_LINES = [{ label: 'Rate', colour: '--plot-1', filled: true }] as const
