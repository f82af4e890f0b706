import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import {
  createController,
  encodeInvitation,
  GatewayError,
  type SegmentInput,
  startEdge,
} from '@portolan/gateway'
import { openStore } from '@portolan/store'

/** A controller and an edge in one process, for tests: `{ folder, addresses, port, segments, denied, idleMs }` as JSON. It prints the invitations. */
const plan: {
  readonly folder: string
  /** What agents and connectors are told to dial, `HOST:PORT`. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly segments: readonly SegmentInput[]
  /** Names of segments that nobody may reach. */
  readonly denied: readonly string[]
  /** Of the settings, in milliseconds. */
  readonly idleMs: number
} = JSON.parse(process.argv[2] ?? '')

const BY = { by: 'test' }
const store = await openStore({ folder: join(plan.folder, 'store') })
const { access } = store
await access.connectorGroups.create('near', { name: 'near' }, BY)
await access.serverGroups.create('servers', { name: 'servers', connectorGroups: ['near'] }, BY)
await access.segmentGroups.create('all', { name: 'all' }, BY)
for (const segment of plan.segments)
  await access.segments.create(segment.name, JSON.parse(JSON.stringify(segment)), BY)
const rules = [
  ...plan.denied.map(segment => ({
    name: `no ${segment}`,
    action: 'deny',
    when: { segments: [segment] },
    message: 'Ask Anna.',
  })),
  { name: 'everybody', action: 'allow' },
]
await access.policies.create('access', { rules }, BY)

const makeKey = async (kind: 'edge' | 'connector') => {
  const secret = randomBytes(16).toString('hex')
  const hash = createHash('sha256').update(secret).digest('hex')
  const document = { name: kind, kind, ...(kind === 'connector' && { connectorGroup: 'near' }) }
  await access.keys.create(kind, { document, hash }, BY)
  return { key: kind, secret }
}
const controller = await createController({
  store,
  node: 'node',
  settings: () => ({
    ...{ host: '127.0.0.1', port: 0, publicAddresses: [], grace: 600_000, idleTimeout: plan.idleMs },
    ...{ signInLifetime: 3_600_000, certificateLifetime: 86_400_000, trustedNetworks: [] },
  }),
  people: {
    async signIn({ user, password }) {
      if (user === 'alice' && password === 'secret') return
      throw new GatewayError('GATEWAY_SIGN_IN_REFUSED', 'The name or the password is wrong.')
    },
    identify: async user => (user === 'alice' ? { groups: ['staff'] } : undefined),
  },
  onEvent: () => {},
})
const authority = controller.authority
const local = [`127.0.0.1:${controller.address.port}`]
const forEdge = { kind: 'edge', addresses: local, authority, ...(await makeKey('edge')) } as const
const edge = await startEdge({
  folder: join(plan.folder, 'edge'),
  invitation: encodeInvitation(forEdge),
  ...{ name: 'edge', host: '::', port: plan.port, addresses: plan.addresses, version: 'test' },
  onEvent: event => void process.stderr.write(`${JSON.stringify(event)}\n`),
})
const key = await makeKey('connector')
process.stdout.write(
  `${JSON.stringify({
    agent: encodeInvitation({ kind: 'agent', addresses: plan.addresses, authority }),
    connector: encodeInvitation({ kind: 'connector', addresses: plan.addresses, authority, ...key }),
    edge: edge.id,
  })}\n`,
)
