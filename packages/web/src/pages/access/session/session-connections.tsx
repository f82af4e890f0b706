import { Title } from '@mantine/core'
import type { AccessStream } from '@portolan/console/contract'
import { useState } from 'react'
import { CodeText } from '../../../components/code-text.tsx'
import { type Column, Rows } from '../../../components/rows.tsx'
import { Status } from '../../../components/status.tsx'
import { Bytes } from '../../../components/time-ago.tsx'
import shared from '../shared/shared.module.css'
import { StreamDrawer } from '../streams/stream-drawer.tsx'
import { statusOf, targetText } from '../streams/stream-words.ts'
import type { SessionPartProps } from './session-entries.tsx'
import classes from './session-page.module.css'

/** The connections of the session, each with all that the log knows of it behind its name. */
export function SessionConnections({ session, names, chosen }: SessionPartProps) {
  const [open, setOpen] = useState<AccessStream>()
  const rows = session.streams.toSorted((a, b) => a.TimestampConnectionStart - b.TimestampConnectionStart)
  const columns: readonly Column<AccessStream>[] = [
    {
      key: 'name',
      header: 'Connection',
      priority: 1,
      cell: one => (
        <span className={one.ConnectionID === chosen ? classes.chosen : undefined}>
          {names.get(one.ConnectionID)}
        </span>
      ),
    },
    {
      key: 'server',
      header: 'Server',
      cell: one => (
        <span className={shared.whole}>
          <CodeText>{targetText(one.ServerIP || one.Host, one.ServerPort || one.ServicePort)}</CodeText>
        </span>
      ),
    },
    {
      key: 'bytes',
      header: 'Bytes',
      align: 'right',
      cell: one => <Bytes value={one.ZENTotalBytesRxClient + one.ZENTotalBytesTxClient} />,
    },
    { key: 'status', header: 'Ended', cell: one => <Ended stream={one} /> },
  ]
  return (
    <section aria-labelledby="session-connections">
      <Title order={2} id="session-connections">
        Connections
      </Title>
      <Rows
        label="Connections of the session"
        columns={columns}
        rows={rows}
        rowKey={one => one.ConnectionID}
        onOpen={setOpen}
      />
      <StreamDrawer stream={open} onClose={() => setOpen(undefined)} />
    </section>
  )
}

function Ended({ stream }: { stream: AccessStream }) {
  const [tone, word] = statusOf(stream)
  return (
    <span title={stream.Text}>
      <Status tone={tone}>{stream.InternalReason || word}</Status>
    </span>
  )
}
