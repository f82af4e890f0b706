/**
 * Connects to HOST PORT a few times and prints a line of JSON: the fewest milliseconds until the connection was there
 * or refused, and whether the last one was greeted with 220. Runs at the clients' end of the delayed link.
 */
import { once } from 'node:events'
import { connect } from 'node:net'

const TIMES = 3
/** How long a connect or a greeting is waited for, in milliseconds. */
const WAIT_MS = 2_000

const [host = '', port = ''] = process.argv.slice(2)
const times: number[] = []
let greeted = false
for (let i = 0; i < TIMES; i++) {
  const begin = performance.now()
  const socket = connect(Number(port), host)
  const signal = AbortSignal.timeout(WAIT_MS)
  try {
    const greeting = once(socket, 'data', { signal })
    greeting.catch(() => {})
    await once(socket, 'connect', { signal })
    times.push(performance.now() - begin)
    const [data] = await greeting
    greeted = String(data).startsWith('220')
  } catch {
    if (times.length <= i) times.push(performance.now() - begin)
  } finally {
    socket.destroy()
  }
}
console.log(JSON.stringify({ greeted, ms: Math.min(...times) }))
