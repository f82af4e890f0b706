/**
 * An edge that lets one agent open as many streams as the works want: its usual bounds are for people. Its only argument is a JSON object;
 * it prints "ready".
 */
import { startEdge } from '@portolan/gateway'

/** What the argument holds. */
interface EdgePlan {
  readonly folder: string
  readonly invitation: string
  readonly port: number
  /** What others dial, `HOST:PORT`. */
  readonly address: string
}

const { folder, invitation, port, address }: EdgePlan = JSON.parse(process.argv[2] ?? '')
await startEdge({
  ...{ folder, invitation, port, name: 'edge', host: '127.0.0.1', addresses: [address], version: 'bench' },
  bounds: { streamsPerAgent: 10_000, opensPerSecond: 20_000 },
  onEvent: () => {},
})
process.stdout.write('ready \n')
