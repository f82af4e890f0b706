import { Anchor, Drawer, Group, Stack, Text, Title } from '@mantine/core'
import type { AccessStream } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { CodeText } from '../../../components/code-text.tsx'
import { Status } from '../../../components/status.tsx'
import { Bytes, Time } from '../../../components/time-ago.tsx'
import classes from './stream-drawer.module.css'
import { fieldsOf, type LogField, statusOf } from './stream-words.ts'

/** A row of the access log with all its fields, under the names that the log gives them. */
export function StreamDrawer({ stream, onClose }: { stream: AccessStream | undefined; onClose: () => void }) {
  return (
    <Drawer opened={stream !== undefined} onClose={onClose} title="Row of the access log" size="lg">
      {stream && <Details stream={stream} />}
    </Drawer>
  )
}

function Details({ stream }: { stream: AccessStream }) {
  const [tone, word] = statusOf(stream)
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Status tone={tone}>{word}</Status>
        <Anchor component={Link} to={`/access/sessions/${encodeURIComponent(stream.SessionID)}`}>
          The whole session as one timeline
        </Anchor>
      </Group>
      {stream.Text !== '' && <Text size="md">{stream.Text}</Text>}
      <dl className={classes.fields}>
        {fieldsOf(stream).map(field => (
          <div key={field.name}>
            <dt>{field.name}</dt>
            <dd>
              <Value field={field} />
            </dd>
          </div>
        ))}
      </dl>
      {stream.Events.length > 0 && (
        <section aria-labelledby="stream-events">
          <Title order={3} id="stream-events">
            What happened
          </Title>
          <ol className={classes.events}>
            {stream.Events.map(({ at, text }) => (
              <li key={`${at} ${text}`}>
                <Time at={at} /> {text}
              </li>
            ))}
          </ol>
        </section>
      )}
    </Stack>
  )
}

function Value({ field: { name, kind, value } }: { field: LogField }) {
  if (kind === 'moment') return <Time at={Number(value)} />
  if (kind === 'bytes') return <Bytes value={Number(value)} />
  if (kind === 'ms' || kind === 'µs')
    return `${Number(value).toLocaleString('en', { maximumFractionDigits: 3 })} ${kind}`
  return /ID$|IP$|Port$|Host|InternalReason/.test(name) ? <CodeText>{value}</CodeText> : value
}
