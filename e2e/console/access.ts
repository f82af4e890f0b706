import type { ApiClient } from '../support/console.ts'

const DAY_MS = 86_400_000

/**
 * Groups, segments, policies, keys, publications and sign-ins of the access path. Answers the invitation of an edge.
 * @param server what people are to reach
 */
export async function arrangeAccess(
  api: ApiClient,
  server: { readonly host: string; readonly port: number },
): Promise<string> {
  const make = async (path: string, things: readonly object[]) => {
    for (const thing of things) await api.must('POST', path, thing)
  }
  await make('/access/connector-groups', [
    { name: 'berlin', description: 'Beside the warehouse' },
    { name: 'hamburg', weight: 0, maxStreams: 500, bytesPerSecond: 20 * 1024 * 1024 },
  ])
  await make('/access/server-groups', [
    { name: 'warehouse', connectorGroups: ['berlin', 'hamburg'] },
    { name: 'archive', connectorGroups: ['hamburg'] },
  ])
  await make('/access/segment-groups', [
    { name: 'stock', description: 'Stock and orders' },
    { name: 'archive', enabled: false },
  ])
  await make('/access/segments', [
    {
      name: 'warehouse',
      description: 'Stock lists, every hour',
      applications: [server.host],
      ports: [{ from: server.port, to: server.port }],
      inspection: 'ftp',
      segmentGroup: 'stock',
      serverGroup: 'warehouse',
    },
    {
      name: 'orders',
      applications: ['10.1.0.9', '10.1.0.10'],
      ports: [
        { from: 21, to: 21 },
        { from: 61_000, to: 62_023 },
      ],
      segmentGroup: 'stock',
      serverGroup: 'warehouse',
      bypass: 'on-net',
      doubleEncryption: true,
    },
    {
      name: 'labels',
      applications: ['127.0.0.3'],
      ports: [{ from: 2121, to: 2121 }],
      protocol: 'other',
      segmentGroup: 'stock',
      serverGroup: 'warehouse',
      healthReporting: 'continuous',
    },
    {
      name: 'archive',
      applications: ['ftp.archive.corp.example'],
      ports: [{ from: 21, to: 21 }],
      inspection: 'ftp',
      segmentGroup: 'archive',
      serverGroup: 'archive',
      healthReporting: 'on-access',
    },
  ])
  await replace(api, '/access/access-policy', [
    {
      name: 'No contractors from outside',
      description: 'Until the audit is over',
      action: 'deny',
      message: 'Contractors use the office network. Ask the help desk.',
      when: { users: ['ext-*'], clientNetworks: ['198.51.100.0/24'] },
    },
    {
      name: 'Staff in the hours of the office',
      action: 'allow',
      when: {
        groups: ['staff'],
        segmentGroups: ['stock'],
        times: [
          {
            days: ['mon', 'tue', 'wed', 'thu', 'fri'],
            from: '00:00',
            to: '24:00',
            timeZone: 'Europe/Berlin',
          },
          { days: ['sat', 'sun'], from: '00:00', to: '24:00', timeZone: 'Europe/Berlin' },
        ],
      },
    },
    {
      name: 'Partners to the archive',
      action: 'allow',
      enabled: false,
      when: { groups: ['partners'], segments: ['archive'], deviceLabels: ['managed'] },
    },
  ])
  await replace(api, '/access/forwarding-policy', [
    { name: 'Only what is allowed', action: 'forward-allowed', when: { groups: ['partners'] } },
    { name: 'Archive is reached directly', action: 'bypass', when: { segments: ['archive'] } },
  ])
  await make('/access/publications', [
    {
      name: 'partners',
      description: 'FTP of partners, by the DMZ',
      listeners: [
        { port: 2121, serverPort: 21 },
        { port: 2990, serverPort: 990 },
      ],
      passive: { basePort: 62_000, numberOfPorts: 500, serverBasePort: 61_000 },
      addressRules: [{ clients: '10.0.0.0/8', address: '10.0.0.7' }, { address: 'control' }],
      server: '10.1.0.20',
      serverGroup: 'warehouse',
      enabled: false,
    },
  ])
  const key = await api.must<{ invitation: string }>('POST', '/access/keys', {
    name: 'edges-2026',
    kind: 'edge',
    maxUses: 3,
    expiresAt: Date.now() + 7 * DAY_MS,
  })
  await api.must('POST', '/access/people/alice/totp')
  await api.must('POST', '/access/people/scanner-3f/tokens', { name: 'scanner in the hall' })
  return key.invitation
}

async function replace(api: ApiClient, path: string, rules: readonly object[]): Promise<void> {
  const { revision } = await api.must<{ revision: number }>('GET', path)
  await api.must('PUT', path, { rules, revision })
}
