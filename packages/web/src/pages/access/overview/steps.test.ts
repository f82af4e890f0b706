import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accessOverview,
  connectorGroupWrite,
  segmentGroupWrite,
  segmentWrite,
  serverGroupWrite,
} from '@portolan/console/contract'
import { fieldOfFirstSegment, firstSegmentPlan, stepsOf } from './steps.ts'

const SCHEMAS = {
  '/access/connector-groups': connectorGroupWrite,
  '/access/server-groups': serverGroupWrite,
  '/access/segment-groups': segmentGroupWrite,
  '/access/segments': segmentWrite,
} as const
const isKnown = (path: string): path is keyof typeof SCHEMAS => Object.hasOwn(SCHEMAS, path)

const form = { name: ' warehouse ', server: ' ftp.corp.example ', port: '2121' }

test('everything that can be missing is a step, and what is not missing is done', () => {
  const every = accessOverview.shape.missing.element.shape.what.options
  const none = stepsOf({ missing: [] })
  assert.deepEqual(none.map(({ what }) => what).toSorted(), every.toSorted())
  assert.ok(none.every(({ done }) => done))
  const steps = stepsOf({ missing: [{ what: 'edge', text: 'No edge is there.' }] })
  assert.deepEqual(
    steps.filter(({ done }) => !done).map(({ what, text }) => [what, text]),
    [['edge', 'No edge is there.']],
  )
})

test('where nothing is, the first segment makes its groups along, each before who names it', () => {
  const plan = firstSegmentPlan(form, { segmentGroups: [], serverGroups: [], connectorGroups: [] })
  assert.deepEqual(
    plan.map(({ path, body }) => [path, body.name]),
    [
      ['/access/connector-groups', 'default'],
      ['/access/server-groups', 'default'],
      ['/access/segment-groups', 'default'],
      ['/access/segments', 'warehouse'],
    ],
  )
  for (const { path, body } of plan) {
    assert.ok(isKnown(path))
    assert.ok(SCHEMAS[path].safeParse(body).success, path)
  }
  assert.deepEqual(plan.at(-1)?.body.ports, [{ from: 2121, to: 2121 }])
  assert.deepEqual(plan.at(-1)?.body.applications, ['ftp.corp.example'])
})

test('groups that are there are taken, and none is made that nobody needs', () => {
  const plan = firstSegmentPlan(form, { segmentGroups: ['a'], serverGroups: ['b'], connectorGroups: [] })
  assert.equal(plan.length, 1)
  assert.deepEqual([plan[0]?.body.segmentGroup, plan[0]?.body.serverGroup], ['a', 'b'])
  const partly = firstSegmentPlan(form, { segmentGroups: ['a'], serverGroups: [], connectorGroups: ['c'] })
  assert.deepEqual(partly[0], {
    path: '/access/server-groups',
    body: { name: 'default', connectorGroups: ['c'] },
  })
})

test('mistakes of the segment stand at the fields that people typed into', () => {
  for (const [path, field] of [
    ['applications[0]', 'server'],
    ['ports[0].from', 'port'],
    ['name', 'name'],
  ] as const)
    assert.equal(fieldOfFirstSegment(path), field)
})
