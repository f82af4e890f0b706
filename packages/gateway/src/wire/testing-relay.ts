/** Joins a client that it accepts to a server, over a link of its own; for tests that kill it. Arguments: host and port of the server. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { joinSocket } from './join-socket.ts'
import { linkPair } from './testing-links.ts'

const [host = '127.0.0.1', port = ''] = process.argv.slice(2)
const pair = await linkPair()
const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, async client => {
  const server = connect({ host, port: Number(port), allowHalfOpen: true })
  await once(server, 'connect')
  const { agent, edge } = await pair.stream()
  joinSocket(agent, client, { socketIs: 'client' })
  joinSocket(edge, server, { socketIs: 'server' })
})
listener.listen(0, '127.0.0.1')
await once(listener, 'listening')
process.send?.(listener.address())
