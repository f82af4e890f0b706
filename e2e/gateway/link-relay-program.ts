import { connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/**
 * Passes links of agents and connectors on to an edge, and breaks them below their TLS. Arguments: the port to listen at, and the edge's.
 * A line of its input names how, `fin` or `reset`, and the address whose links are broken.
 */
const [listen, edge] = process.argv.slice(2).map(Number)
const pairs = new Map<Socket, Socket>()

createServer({ allowHalfOpen: true, noDelay: true }, from => {
  const to = connect({ host: '127.0.0.1', port: edge ?? 0, allowHalfOpen: true, noDelay: true })
  pairs.set(from, to)
  from.on('error', () => to.resetAndDestroy()).on('close', () => pairs.delete(from))
  to.on('error', () => from.resetAndDestroy())
  from.pipe(to).pipe(from)
}).listen(listen, '0.0.0.0', () => process.stdout.write('listening\n'))

createInterface({ input: process.stdin }).on('line', line => {
  const [how, address] = line.split(' ')
  for (const pair of pairs) {
    if (pair[0].remoteAddress !== address) continue
    for (const socket of pair) {
      socket.unpipe()
      // What comes after a FIN is read and goes nowhere: unread, it would make the kernel send a reset instead.
      if (how === 'fin') socket.resume().end()
      else socket.resetAndDestroy()
    }
  }
})
