import type { AccessOverview } from '../../contract/index.ts'
import type { Services } from '../../node/services.ts'
import { recentAccessDocs } from './access-docs.ts'

type Missing = AccessOverview['missing'][number]

/** What there is of the access path, and what stands in the way of the first connection. */
export async function accessOverview({
  store,
  access,
  inForce,
  now,
}: Pick<Services, 'store' | 'access' | 'inForce' | 'now'>): Promise<AccessOverview> {
  const [docs, members] = await Promise.all([recentAccessDocs(store), store.access.members.valid(now())])
  const controller = access.running
  const edges = controller?.live() ?? []
  const enrolled = (kind: 'edge' | 'connector') => members.filter(member => member.kind === kind).length
  const ids = (of: readonly { readonly id: string }[]) => new Set(of.map(({ id }) => id)).size
  const isAllowed = docs.access.value.rules.some(({ enabled, action }) => enabled && action === 'allow')
  const { enabled } = inForce().gateway
  const missing: (Missing | false)[] = [
    !enabled && { what: 'enabled', text: 'Switch the gateway on: edges then find their controller.' },
    !docs.segments.some(({ value }) => value.enabled) && {
      what: 'segment',
      text: 'Make an application segment: the server that people are to reach, and its ports.',
    },
    !isAllowed && {
      what: 'rule',
      text: 'Make an access rule that allows somebody something: without one, everything is denied.',
    },
    enrolled('edge') === 0 && { what: 'edge', text: 'Start an edge, which agents and connectors dial.' },
    enrolled('connector') === 0 && {
      what: 'connector',
      text: 'Start a connector beside the server: it dials the edge, and nothing has to be opened in its firewall.',
    },
  ]
  return {
    enabled,
    ...(controller && { address: endpoint(controller.address), authority: controller.authority }),
    edges: { enrolled: enrolled('edge'), connected: edges.length },
    connectors: { enrolled: enrolled('connector'), connected: ids(edges.flatMap(edge => edge.connectors)) },
    agents: { connected: ids(edges.flatMap(edge => edge.agents)) },
    streams: controller?.streams().length ?? 0,
    segments: docs.segments.length,
    missing: missing.filter(one => one !== false),
  }
}

const endpoint = ({ address, port }: { readonly address: string; readonly port: number }) =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`
