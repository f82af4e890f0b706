import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probesOf } from './probes.ts'
import { testConfig, testSegment } from './testing-config.ts'

test('connectors probe the single hosts of segments that report their health, and nothing else', () => {
  const segments = [
    testSegment(),
    testSegment({
      name: 'web',
      healthReporting: 'continuous',
      applications: ['10.0.0.1', 'www.corp.example'],
      ports: [{ from: 80, to: 81 }],
    }),
    testSegment({
      name: 'wide',
      healthReporting: 'on-access',
      applications: ['10.1.0.0/16', '*.corp.example', '10.0.0.2'],
    }),
    testSegment({ name: 'off', enabled: false, healthReporting: 'continuous' }),
    testSegment({ name: 'elsewhere', healthReporting: 'continuous', serverGroup: 'others' }),
  ]
  const probes = probesOf(testConfig({ segments }), 'group')
  assert.deepEqual(
    probes.map(({ segment, host, mode }) => [segment, host, mode]),
    [
      ['web', '10.0.0.1', 'continuous'],
      ['web', 'www.corp.example', 'continuous'],
      ['wide', '10.0.0.2', 'on-access'],
    ],
  )
  assert.deepEqual(probes[0]?.ports, [80, 81])
  assert.equal(probes[2]?.ports.length, 10)
})

test('a segment without health reporting is never probed', () => {
  assert.deepEqual(probesOf(testConfig(), 'group'), [])
})
