import { test } from 'node:test'
import { connectorGroup } from '../model/index.ts'
import { checkProvisioningKey } from './provisioning-key.ts'
import { assertKept, assertRefused, type Expected } from './testing-findings.ts'

const NOW = Date.UTC(2026, 5, 1)
const CONTEXT = { connectorGroups: [connectorGroup.parse({ name: 'paris' })], now: NOW }

const CASES: readonly [title: string, key: object, problems: Expected, warnings?: Expected][] = [
  ['for an edge', { kind: 'edge' }, {}],
  [
    'for a connector',
    { kind: 'connector', connectorGroup: 'paris', maxUses: 3, expiresAt: NOW + 1, networks: ['10.0.0.0/8'] },
    {},
  ],
  [
    'for an edge with a connector group',
    { kind: 'edge', connectorGroup: 'paris' },
    { connectorGroup: /must be absent/ },
  ],
  ['for a connector without one', { kind: 'connector' }, { connectorGroup: /is missing/ }],
  [
    'for a connector of a group that is not there',
    { kind: 'connector', connectorGroup: 'lyon' },
    { connectorGroup: /lyon, which is not there/ },
  ],
  [
    'a network that is none',
    { kind: 'edge', networks: ['10.0.0.0/8', 'home'] },
    { 'networks[1]': /IP address or a network/ },
  ],
  ['that has expired', { kind: 'edge', expiresAt: NOW }, { expiresAt: /in the future/ }],
  ['for agents, which sign in', { kind: 'agent' }, { kind: /edge or connector/ }],
  [
    'that is good for many and for ever',
    { kind: 'edge', maxUses: 10 },
    {},
    { expiresAt: /for ever, up to 10 times/ },
  ],
]

for (const [title, key, problems, warnings] of CASES) {
  test(`a provisioning key: ${title}`, () => {
    const checked = checkProvisioningKey({ name: 'key', ...key }, CONTEXT)
    if (Object.keys(problems).length > 0) assertRefused(checked, problems)
    else assertKept(checked, warnings)
  })
}
