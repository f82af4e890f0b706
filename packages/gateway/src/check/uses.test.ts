import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publication } from '../model/index.ts'
import { allow, config, deny, forwarding, seg } from '../policy/testing-config.ts'
import { type UsableKind, type UsesConfig, usesOf } from './uses.ts'

const CONFIG: UsesConfig = {
  ...config({
    segments: [
      seg('paris', ['10.0.0.1']),
      { ...seg('lyon', ['10.0.0.2']), segmentGroup: 'south', serverGroup: 'others' },
    ],
    serverGroups: [
      { name: 'servers', connectorGroups: ['a', 'b'] },
      { name: 'others', connectorGroups: ['b'] },
    ],
    forwarding: [forwarding('bypass', 'direct', { segments: ['paris'] })],
    access: [
      allow('first', { segmentGroups: ['south', 'all'] }),
      { ...deny('second', { segments: ['lyon', 'paris'] }), enabled: false },
    ],
    publications: [
      publication.parse({
        name: 'public',
        edges: ['dmz'],
        listeners: [{ port: 21, serverPort: 21 }],
        passive: { basePort: 50_000, numberOfPorts: 10, serverBasePort: 50_000 },
        server: '10.0.0.1',
        serverGroup: 'servers',
      }),
    ],
  }),
  keys: [{ name: 'key', connectorGroup: 'a' }, { name: 'edges' }],
  connectors: [{ name: 'c1', connectorGroup: 'b' }],
}

const CASES: readonly [kind: UsableKind, name: string, uses: readonly string[]][] = [
  ['segment', 'paris', ['forwarding-rule direct 1', 'access-rule second 2']],
  ['segment', 'nice', []],
  ['segment-group', 'south', ['segment lyon', 'access-rule first 1']],
  ['server-group', 'servers', ['segment paris', 'publication public']],
  ['server-group', 'others', ['segment lyon']],
  ['connector-group', 'a', ['server-group servers', 'key key']],
  ['connector-group', 'b', ['server-group servers', 'server-group others', 'connector c1']],
  ['edge', 'dmz', ['publication public']],
  ['edge', 'dmz-2', []],
]

for (const [kind, name, uses] of CASES) {
  test(`the ${kind} ${name} is used by ${uses.length === 0 ? 'nobody' : uses.join(', ')}`, () => {
    const found = usesOf(kind, name, CONFIG).map(({ by, name: user, place }) =>
      [by, user, place].filter(part => part !== undefined).join(' '),
    )
    assert.deepEqual(found, uses)
  })
}
