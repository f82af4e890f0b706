import { Anchor, Paper, Title } from '@mantine/core'
import type { Overview } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { CodeText } from '../../components/code-text.tsx'
import { Status, type Tone } from '../../components/status.tsx'
import { bytesText, countText, durationText } from '../../format/format.ts'
import classes from './overview.module.css'

const TLS_TONES: Readonly<Record<string, Tone>> = {
  off: 'warn',
  optional: 'info',
  required: 'good',
  implicit: 'good',
}

/** Where control connections are accepted. */
export function Listeners({ overview: { listeners } }: { overview: Overview }) {
  return (
    <Paper component="section" className={classes.part} aria-labelledby="listeners-title">
      <Title order={2} id="listeners-title">
        Listeners
      </Title>
      <dl className={classes.facts}>
        {listeners.map(({ name, host, port, tls }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <CodeText>
                {host.includes(':') ? `[${host}]` : host}:{port}
              </CodeText>{' '}
              <Status tone={TLS_TONES[tls] ?? 'info'}>TLS {tls}</Status>
            </dd>
          </div>
        ))}
      </dl>
    </Paper>
  )
}

const PASSIVE: readonly {
  readonly key: keyof Overview['passive']
  readonly name: string
  readonly hint: string
}[] = [
  { key: 'listening', name: 'listening', hint: 'Ports that stand open' },
  { key: 'reserved', name: 'reserved', hint: 'Promised to a client that has not come yet' },
  { key: 'waiting', name: 'sessions waiting', hint: 'Sessions for which no port is free' },
  { key: 'refused', name: 'refused', hint: 'Answered 425, since the start: no port was free in time' },
  {
    key: 'strangers',
    name: 'strangers',
    hint: 'Connections that nobody waited for, since the start; closed',
  },
]

/** The passive ports in figures. */
export function PassiveFigures({ passive }: { passive: Overview['passive'] }) {
  return (
    <Paper component="section" className={classes.part} aria-labelledby="passive-title">
      <Title order={2} id="passive-title">
        <Anchor component={Link} to="/ports" inherit underline="hover">
          Passive ports
        </Anchor>
      </Title>
      <dl className={classes.facts}>
        {PASSIVE.map(({ key, name, hint }) => (
          <div key={key} title={hint}>
            <dt>{name}</dt>
            <dd className="tabular">{countText(passive[key])}</dd>
          </div>
        ))}
      </dl>
    </Paper>
  )
}

/** The processes of the node. */
export function Workers({ overview: { workers, controller } }: { overview: Overview }) {
  const named = workers.map((worker, place) => ({ worker, name: `worker ${place + 1}` }))
  return (
    <Paper component="section" className={classes.part} aria-labelledby="workers-title">
      <Title order={2} id="workers-title">
        Processes
      </Title>
      <table className={classes.workers} aria-labelledby="workers-title">
        <thead>
          <tr>
            <th>Process</th>
            <th>Sessions</th>
            <th>Memory</th>
            <th title="The longest time its event loop was held lately">Held</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>controller</td>
            <td>–</td>
            <td>{bytesText(controller.residentBytes)}</td>
            <td>–</td>
          </tr>
          {named.map(({ worker, name }) => (
            <tr key={name}>
              <td>{name}</td>
              <td>{countText(worker.sessions)}</td>
              <td>{bytesText(worker.residentBytes)}</td>
              <td>{durationText(worker.loopHeldMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Paper>
  )
}
