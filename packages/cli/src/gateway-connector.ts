import { type Connector, type ConnectorEvent, startConnector } from '@portolan/gateway'
import type { ClientIo } from './client/client-io.ts'
import type { ConnectorFlags } from './gateway-commands.ts'
import { folderOf, machineName, readKey } from './gateway-flags.ts'
import { runPart } from './gateway-run.ts'
import { version } from './version.ts'

/** `portolan connector`. */
export async function runConnector(flags: ConnectorFlags, io: ClientIo): Promise<number> {
  const invitation = await readKey(flags, io)
  const name = flags.name ?? machineName()
  return runPart<Connector, ConnectorEvent>({
    ...{ flags, io },
    start: onEvent =>
      startConnector({
        folder: folderOf('connector', flags, io),
        ...(invitation !== undefined && { invitation }),
        ...{ name, version: version(), onEvent },
      }),
    announce({ id }) {
      io.out(`connector ${name} (${id}) dials edges and servers; nothing listens here`)
      io.out(
        'next: a segment whose server group names its connector group, and an access rule; then portolan agent',
      )
      io.out('ready connector')
    },
  })
}
