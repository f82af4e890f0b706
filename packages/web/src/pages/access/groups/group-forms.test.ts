import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectorGroupWrite, segmentGroupWrite, serverGroupWrite } from '@portolan/console/contract'
import {
  formOfConnectorGroup,
  formOfSegmentGroup,
  formOfServerGroup,
  isBandwidth,
  writeOfConnectorGroup,
  writeOfSegmentGroup,
  writeOfServerGroup,
} from './group-forms.ts'

const told = { revision: 3, changedAt: 0, changedBy: 'admin', warnings: [] }

test('groups that are saved unchanged stay as they were', () => {
  const segments = { name: 'stock', description: 'Stock lists', enabled: false }
  const segmentGroup = { ...segments, ...told, segments: ['warehouse'] }
  assert.deepEqual(
    segmentGroupWrite.parse(writeOfSegmentGroup(formOfSegmentGroup(segmentGroup), segmentGroup)),
    {
      ...segments,
      revision: 3,
    },
  )
  const servers = { name: 'berlin', connectorGroups: ['berlin-1', 'berlin-2'] }
  const serverGroup = { ...servers, ...told, segments: [] }
  assert.deepEqual(serverGroupWrite.parse(writeOfServerGroup(formOfServerGroup(serverGroup), serverGroup)), {
    ...servers,
    revision: 3,
  })
  const connectors = { name: 'berlin-1', enabled: true, weight: 0, maxStreams: 50, bytesPerSecond: 2_097_152 }
  const connectorGroup = { ...connectors, ...told, connectors: 2, connected: 1 }
  assert.deepEqual(
    connectorGroupWrite.parse(writeOfConnectorGroup(formOfConnectorGroup(connectorGroup), connectorGroup)),
    { ...connectors, revision: 3 },
  )
})

test('new groups ask for a name alone', () => {
  const name = { name: ' one ' }
  assert.deepEqual(
    segmentGroupWrite.parse(writeOfSegmentGroup({ ...formOfSegmentGroup(undefined), ...name }, undefined)),
    {
      name: 'one',
      enabled: true,
    },
  )
  assert.deepEqual(
    serverGroupWrite.parse(writeOfServerGroup({ ...formOfServerGroup(undefined, 'c'), ...name }, undefined)),
    { name: 'one', connectorGroups: ['c'] },
  )
  assert.deepEqual(
    connectorGroupWrite.parse(
      writeOfConnectorGroup({ ...formOfConnectorGroup(undefined), ...name }, undefined),
    ),
    { name: 'one', enabled: true, weight: 100, maxStreams: 10_000 },
  )
})

test('a bandwidth is a rate, or nothing', () => {
  for (const [typed, is] of [
    ['', true],
    [' ', true],
    ['20MiB/s', true],
    ['fast', false],
    ['0', false],
  ] as const)
    assert.equal(isBandwidth(typed), is, typed)
})
