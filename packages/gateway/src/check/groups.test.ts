import { test } from 'node:test'
import { connectorGroup, segment, serverGroup } from '../model/index.ts'
import { checkConnectorGroup, checkSegmentGroup, checkServerGroup } from './groups.ts'
import { assertKept, assertRefused } from './testing-findings.ts'

const paris = connectorGroup.parse({ name: 'paris' })
const lyon = connectorGroup.parse({ name: 'lyon', enabled: false })
const group = (name: string, ...connectorGroups: string[]) => serverGroup.parse({ name, connectorGroups })

test('a segment group that is disabled is told of its segments', () => {
  const one = segment.parse({
    name: 'ftp',
    applications: ['10.0.0.1'],
    ports: [{ from: 1, to: 2 }],
    segmentGroup: 'sites',
    serverGroup: 's',
  })
  const segments = [one, { ...one, name: 'elsewhere', segmentGroup: 'others' }]
  assertKept(checkSegmentGroup({ name: 'sites' }, { segments }))
  assertKept(checkSegmentGroup({ name: 'sites', enabled: false }, { segments: [] }))
  assertKept(checkSegmentGroup({ name: 'sites', enabled: false }, { segments }), {
    enabled: /its segments.*: ftp$/,
  })
  assertRefused(checkSegmentGroup({ name: '' }, { segments }), { name: /must begin/ })
})

test('a server group names connector groups that are there', () => {
  const connectorGroups = [paris, lyon]
  assertKept(checkServerGroup(group('s', 'lyon', 'paris'), { connectorGroups }))
  assertKept(checkServerGroup(group('s', 'lyon'), { connectorGroups }), {
    connectorGroups: /none that is enabled/,
  })
  assertKept(checkServerGroup(group('s', 'paris', 'paris'), { connectorGroups }), {
    'connectorGroups[1]': /named twice/,
  })
  assertRefused(checkServerGroup(group('s', 'paris', 'pari'), { connectorGroups }), {
    'connectorGroups[1]': /connector group pari, which is not there; did you mean paris\?/,
  })
  assertRefused(checkServerGroup(group('s', 'x'), { connectorGroups: [] }), {
    'connectorGroups[0]': /there is none yet/,
  })
  assertRefused(checkServerGroup({ name: 's', connectorGroups: [] }, { connectorGroups }), {
    connectorGroups: /at least one connector group/,
  })
})

test('a connector group that is disabled is told of server groups that nothing reaches then', () => {
  const serverGroups = [
    group('alone', 'paris'),
    group('both', 'paris', 'nice'),
    group('dark', 'paris', 'lyon'),
    group('other', 'nice'),
  ]
  const connectorGroups = [paris, lyon, connectorGroup.parse({ name: 'nice' })]
  const context = { serverGroups, connectorGroups }
  assertKept(checkConnectorGroup(paris, context))
  assertKept(checkConnectorGroup({ ...paris, enabled: false }, context), { enabled: /: alone, dark$/ })
  assertRefused(
    checkConnectorGroup({ name: 'paris', weight: -1, maxStreams: 0, bytesPerSecond: 1 }, context),
    {
      weight: /at least 0/,
      maxStreams: /at least 1/,
      bytesPerSecond: /at least 1000/,
    },
  )
})
