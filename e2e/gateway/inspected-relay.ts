import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type ConnectorNote, FtpInspector, type Inspected } from '@portolan/gateway'

/** A relay that lets an inspector read the control connections that pass it. Data connections go past it. */
export interface InspectedRelay extends AsyncDisposable {
  readonly port: number
  /** Of all sessions, the oldest first. */
  readonly notes: readonly ConnectorNote[]
  /** What reached the server of the session before, in Latin-1. */
  readonly toServer: () => string
  readonly failures: readonly string[]
}

/** @param claims - the server's address as the connector reached it; default where it is */
export async function startInspectedRelay(
  server: { host: string; port: number },
  claims = server.host,
): Promise<InspectedRelay> {
  const notes: ConnectorNote[] = []
  const failures: string[] = []
  const sockets = new Set<Socket>()
  let sent = ''
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const far = connect({ ...server, allowHalfOpen: true, noDelay: true })
    const inspector = new FtpInspector({ server: claims })
    sent = ''
    const act = (steps: readonly Inspected[]) => {
      for (const step of steps) {
        switch (step.do) {
          case 'note':
            notes.push(step.note)
            break
          case 'end-client':
            client.end()
            break
          case 'end-server':
            far.end()
            break
          case 'to-client':
            client.write(Buffer.from(step.bytes))
            break
          case 'to-server':
            sent += step.bytes.toString('latin1')
            far.write(Buffer.from(step.bytes))
            break
          case 'fail':
            failures.push(step.status.text)
            client.resetAndDestroy()
            far.resetAndDestroy()
        }
      }
    }
    for (const [one, other] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one))
    }
    client
      .on('data', (bytes: Buffer) => act(inspector.fromClient(bytes)))
      .on('end', () => act(inspector.clientEnd()))
    far
      .on('data', (bytes: Buffer) => act(inspector.fromServer(bytes)))
      .on('end', () => act(inspector.serverEnd()))
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const bound = listener.address()
  if (bound === null || typeof bound === 'string') throw new Error('the relay has no port')
  return {
    ...{ port: bound.port, notes, failures, toServer: () => sent },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => listener.close(resolve))
    },
  }
}
