import { type AgentNote, type ConnectorNote, connectorNote } from '../control/messages.ts'
import type { Json, WireStream } from '../wire/types.ts'
import type { EdgeParts } from './edge-parts.ts'
import type { Expectation } from './expectations.ts'
import type { StreamRecord } from './stream-record.ts'

/** A control connection that a connector reads. */
export interface ReadControl extends Omit<Expectation, 'hosts' | 'port' | 'until'> {
  readonly record: StreamRecord
  /** To the agent. */
  readonly client: Pick<WireStream, 'note'>
  /** From here on the connector reads nothing. */
  onEncrypted(): void
  /** The connector noted what is no note. */
  onInvalid(): void
}

/**
 * Takes what a connector notes of a control connection: ports that the server names are expected of that user, and the agent is told of
 * them before the reply that names them, and of warnings; all of it goes into the timeline.
 */
export function noteReader(
  { expectations, onEvent }: Pick<EdgeParts, 'expectations' | 'onEvent'>,
  { record, client, onEncrypted, onInvalid, ...control }: ReadControl,
): (note: Json) => void {
  return json => {
    const parsed = connectorNote.safeParse(json)
    if (!parsed.success) return onInvalid()
    const note = parsed.data
    record.event(lineOf(note))
    if (note.type === 'warning') {
      const { code, text } = note.status
      onEvent({ type: 'warning', code, text: `${control.user}, ${control.controlTarget.host}: ${text}` })
      if (code === 'CON_FTP_ENCRYPTED') onEncrypted()
      client.note({ type: 'warning', status: { code, text } } satisfies AgentNote)
    }
    if (note.type !== 'expect') return
    const { address, port, by, seconds } = note
    expectations.add({ ...control, hosts: [address, control.controlTarget.host], port }, seconds)
    client.note({ type: 'expect', address, port, by, seconds } satisfies AgentNote)
  }
}

/** As the timeline has it. */
function lineOf(note: ConnectorNote): string {
  switch (note.type) {
    case 'expect':
      return `${note.by}: the server waits at ${note.address} port ${note.port}`
    case 'warning':
      return `${note.status.code}: ${note.status.text}`
    case 'ftp':
      return `${`${note.verb} ${note.argument}`.trimEnd()} → ${note.reply === undefined ? '' : `${note.reply} `}${note.text}`
  }
}
