import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SegmentView, segmentWrite } from '@portolan/console/contract'
import { fieldsOfSegment, formOfSegment, writeOfSegment } from './segment-form.ts'

const FULL = {
  name: 'warehouse',
  description: 'Stock lists',
  enabled: false,
  applications: ['10.1.0.9', '*.corp.example'],
  ports: [
    { from: 21, to: 21 },
    { from: 61_000, to: 62_023 },
  ],
  protocol: 'ftp',
  inspection: 'ftp',
  bypass: 'on-net',
  healthReporting: 'on-access',
  doubleEncryption: true,
  segmentGroup: 'stock',
  serverGroup: 'berlin',
} as const
const view: SegmentView = {
  ...FULL,
  applications: [...FULL.applications],
  ports: [...FULL.ports],
  revision: 7,
  changedAt: 0,
  changedBy: 'admin',
  warnings: [],
  health: 'up',
}

test('a segment that is saved unchanged stays as it was', () => {
  assert.deepEqual(segmentWrite.parse(writeOfSegment(formOfSegment(view), view)), { ...FULL, revision: 7 })
})

test('a new segment needs a name, an application and its groups, and is FTP with inspection', () => {
  const form = formOfSegment(undefined, { segmentGroup: 'a', serverGroup: 'b' })
  const written = writeOfSegment(
    { ...form, name: ' ftp ', applications: [' ftp.corp.example ', ' '] },
    undefined,
  )
  assert.deepEqual(segmentWrite.parse(written), {
    name: 'ftp',
    enabled: true,
    applications: ['ftp.corp.example'],
    ports: [{ from: 21, to: 21 }],
    protocol: 'ftp',
    inspection: 'ftp',
    bypass: 'use-client-forwarding-policy',
    healthReporting: 'none',
    doubleEncryption: false,
    segmentGroup: 'a',
    serverGroup: 'b',
  })
})

test('what is no FTP is not inspected, whatever was chosen before', () => {
  const form = { ...formOfSegment(view), protocol: 'other' as const }
  assert.equal(writeOfSegment(form, view).inspection, 'off')
})

test('a mistake can stand at every field and at every range', () => {
  const fields = fieldsOfSegment(formOfSegment(view))
  for (const name of Object.keys(FULL)) if (name !== 'enabled') assert.ok(fields.includes(name), name)
  assert.ok(fields.includes('ports.1.to'))
})
