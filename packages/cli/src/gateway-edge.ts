import { type Edge, type EdgeEvent, startEdge } from '@portolan/gateway'
import type { ClientIo } from './client/client-io.ts'
import type { EdgeFlags } from './gateway-commands.ts'
import { folderOf, machineName, readHostPort, readKey } from './gateway-flags.ts'
import { runPart } from './gateway-run.ts'
import { version } from './version.ts'

/** `portolan edge`. */
export async function runEdge(flags: EdgeFlags, io: ClientIo): Promise<number> {
  const { host, port } = readHostPort(flags.listen, '--listen', { lowest: 0 })
  const addresses = flags.address ?? []
  for (const address of addresses) readHostPort(address, '--address', { lowest: 1 })
  const invitation = await readKey(flags, io)
  const name = flags.name ?? machineName()
  return runPart<Edge, EdgeEvent>({
    ...{ flags, io },
    start: onEvent =>
      startEdge({
        folder: folderOf('edge', flags, io),
        ...(invitation !== undefined && { invitation }),
        ...{ name, host, port, addresses, version: version(), onEvent },
      }),
    announce({ id, address: bound }) {
      const where = bound.address.includes(':') ? `[${bound.address}]` : bound.address
      io.out(`edge ${name} (${id})`)
      if (addresses.length > 0) io.out(`others are told to dial ${addresses.join(', ')}`)
      io.out(
        'next: portolan connector --key KEY where the servers are, portolan agent --key KEY --user NAME where a user is',
      )
      io.out(`ready edge ${where}:${bound.port}`)
    },
  })
}
