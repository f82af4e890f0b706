/** A controller that lets everybody reach 127.0.0.1. Its only argument is a JSON object; it prints the invitations. */
import { createHash, randomBytes } from 'node:crypto'
import { createController, encodeInvitation } from '@portolan/gateway'
import { openStore } from '@portolan/store'

/** What the argument holds. */
interface ControllerPlan {
  readonly folder: string
  /** Where the edge will be reached, `HOST:PORT`. */
  readonly edge: string
}

const plan: ControllerPlan = JSON.parse(process.argv[2] ?? '')
const BY = { by: 'bench' }
const store = await openStore({ folder: plan.folder })
const { access } = store
await access.connectorGroups.create('near', { name: 'near' }, BY)
await access.serverGroups.create('servers', { name: 'servers', connectorGroups: ['near'] }, BY)
await access.segmentGroups.create('all', { name: 'all' }, BY)
const segment = {
  ...{ name: 'here', applications: ['127.0.0.1'], ports: [{ from: 1, to: 65_535 }], protocol: 'other' },
  ...{ bypass: 'never', segmentGroup: 'all', serverGroup: 'servers' },
}
await access.segments.create(segment.name, segment, BY)
await access.policies.create('access', { rules: [{ name: 'everybody', action: 'allow' }] }, BY)

const controller = await createController({
  store,
  node: 'bench',
  settings: () => ({
    ...{ host: '127.0.0.1', port: 0, publicAddresses: [], grace: 600_000, idleTimeout: 7_200_000 },
    ...{ signInLifetime: 3_600_000, certificateLifetime: 86_400_000, trustedNetworks: [] },
  }),
  people: { signIn: async () => {}, identify: async () => ({ groups: [] }) },
  onEvent: () => {},
})
const { authority } = controller
const invite = async (kind: 'edge' | 'connector', address: string) => {
  const secret = randomBytes(16).toString('hex')
  const hash = createHash('sha256').update(secret).digest('hex')
  const document = { name: kind, kind, ...(kind === 'connector' && { connectorGroup: 'near' }) }
  await access.keys.create(kind, { document, hash }, BY)
  return encodeInvitation({ kind, addresses: [address], authority, key: kind, secret })
}
const invitations = {
  edge: await invite('edge', `127.0.0.1:${controller.address.port}`),
  connector: await invite('connector', plan.edge),
  agent: encodeInvitation({ kind: 'agent', addresses: [plan.edge], authority }),
}
process.stdout.write(`${JSON.stringify(invitations)}\n`)
