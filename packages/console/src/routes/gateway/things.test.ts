import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Caller, TestApp } from '../../http/testing-app.ts'
import { makeGroups, REPORTS, startAccessApp } from './testing-access.ts'

describe('segments, groups and publications', () => {
  let app: TestApp
  let admin: Caller
  before(async () => {
    app = await startAccessApp()
    admin = await app.as('administrator')
    await makeGroups(admin)
  })
  after(() => app[Symbol.asyncDispose]())

  const audited = async (action: string) =>
    (await app.services.store.audit.list({ limit: 1, action })).items[0]
  const problemsOf = ({ body }: { body: unknown }): string =>
    JSON.stringify(typeof body === 'object' && body !== null && 'errors' in body ? body.errors : body)

  test('a segment is made, read as it is written, changed and deleted, and each is in the audit log', async () => {
    const made = await admin.post('/access/segments', REPORTS)
    assert.equal(made.status, 201, made.text)
    const got = await admin.get('/access/segments/Reports')
    assert.deepEqual(got.body, made.body)
    assert.match(got.text, /"health":"none".*/)
    assert.match(got.text, /"bypass":"use-client-forwarding-policy"/)
    assert.match(got.text, /"revision":1/)
    assert.equal((await audited('access.segment.create'))?.actor, 'administrator')
    // What was read can be sent back.
    const sent = typeof got.body === 'object' ? { ...got.body, description: 'June' } : {}
    const changed = await admin.put('/access/segments/Reports', sent)
    assert.equal(changed.status, 200, changed.text)
    assert.match(changed.text, /"revision":2/)
    const row = await audited('access.segment.change')
    assert.doesNotMatch(JSON.stringify(row?.before), /June|"revision"|"health"|"warnings"/)
    assert.match(JSON.stringify(row?.after), /June/)
    const stale = await admin.put('/access/segments/Reports', sent)
    assert.deepEqual([stale.status, stale.code], [409, 'SEGMENT_STALE'])
    const twice = await admin.post('/access/segments', { ...REPORTS, applications: ['10.9.9.9'] })
    assert.deepEqual([twice.status, twice.code], [409, 'SEGMENT_EXISTS'])
    const group = await admin.get('/access/segment-groups/main')
    assert.match(group.text, /"segments":\["Reports"\]/)
    assert.equal((await admin.delete('/access/segments/Reports')).status, 204)
    assert.equal((await admin.get('/access/segments/Reports')).code, 'SEGMENT_MISSING')
    assert.match(JSON.stringify((await audited('access.segment.delete'))?.before), /10\.0\.0\.9/)
  })

  const wrong: readonly (readonly [what: string, change: object, path: RegExp])[] = [
    [
      'FTP by name without inspection',
      { applications: ['ftp.example'], inspection: 'off' },
      /"applications\[0\]"/,
    ],
    ['FTP without the ports of data connections', { inspection: 'off' }, /"ports/],
    [
      'FTP whose passive ports are probed',
      {
        inspection: 'off',
        ports: [
          { from: 21, to: 21 },
          { from: 61_000, to: 61_009 },
        ],
        healthReporting: 'continuous',
      },
      /"healthReporting"/,
    ],
    ['ports that end before they begin', { ports: [{ from: 22, to: 21 }] }, /"ports\[0\]\.to"/],
    ['a group that is not there', { segmentGroup: 'nothing' }, /"segmentGroup"/],
    ['no application', { applications: [] }, /"applications"/],
    ['a name with a slash', { name: 'a/b' }, /"name"/],
  ]
  for (const [what, change, path] of wrong) {
    test(`a segment with ${what} is refused with the field and the reason`, async () => {
      const answer = await admin.post('/access/segments', { ...REPORTS, name: 'wrong', ...change })
      assert.equal(answer.status, 422, answer.text)
      assert.match(problemsOf(answer), path)
      assert.equal(await app.services.store.access.segments.get('wrong'), undefined)
    })
  }

  test('a field that is not known is refused, and one that answers tell is passed over', async () => {
    const unknown = await admin.post('/access/segments', { ...REPORTS, colour: 'blue' })
    assert.equal(unknown.status, 422)
    assert.match(problemsOf(unknown), /"colour"/)
  })

  test('a name is not changed, since others name it', async () => {
    await admin.post('/access/segments', REPORTS)
    const answer = await admin.put('/access/segments/Reports', { ...REPORTS, name: 'Other' })
    assert.equal(answer.code, 'SEGMENT_INVALID')
    assert.match(problemsOf(answer), /"name".*must stay Reports/)
  })

  test('what others use is not deleted, and who uses it is told', async () => {
    await admin.put('/access/access-policy', {
      rules: [{ name: 'all of it', action: 'allow', when: { segments: ['Reports'] } }],
    })
    for (const [path, code, users] of [
      ['segments/Reports', 'SEGMENT_USED', /the access rule all of it/],
      ['segment-groups/main', 'SEGMENT_GROUP_USED', /the segment Reports/],
      ['server-groups/main', 'SERVER_GROUP_USED', /the segment Reports/],
      ['connector-groups/main', 'CONNECTOR_GROUP_USED', /the server group main/],
    ] as const) {
      const answer = await admin.delete(`/access/${path}`)
      assert.deepEqual([answer.status, answer.code], [409, code])
      assert.match(answer.text, users)
    }
    await admin.put('/access/access-policy', { rules: [] })
  })

  test('a connector group is not deleted either while a connector or a key is of it', async () => {
    const { access } = app.services.store
    await admin.post('/access/connector-groups', { name: 'lone' })
    await access.keys.create(
      'k',
      { document: { kind: 'connector', connectorGroup: 'lone' }, hash: '' },
      { by: 'x' },
    )
    assert.match((await admin.delete('/access/connector-groups/lone')).text, /the provisioning key k/)
    await access.keys.remove('k')
    const member = {
      id: 'm',
      kind: 'connector',
      name: 'berlin',
      user: '',
      serial: '1',
      enabled: true,
    } as const
    await access.members.create({ ...member, expiresAt: 9e12, document: { connectorGroup: 'lone' } })
    assert.match((await admin.delete('/access/connector-groups/lone')).text, /the connector berlin/)
    assert.match((await admin.get('/access/connector-groups/lone')).text, /"connectors":1,"connected":0/)
    await access.members.change('m', { revokedAt: 1 })
    assert.equal((await admin.delete('/access/connector-groups/lone')).status, 204)
  })

  test('lists are paged, sorted and searched', async () => {
    for (const name of ['b', 'A', 'c']) await admin.post('/access/segment-groups', { name })
    const names = async (query: string) =>
      [...(await admin.get(`/access/segment-groups?${query}`)).text.matchAll(/"name":"([^"]+)"/g)].map(
        ([, name]) => name,
      )
    assert.deepEqual(await names('limit=2'), ['A', 'b'])
    assert.deepEqual(await names('offset=2&limit=2&order=desc'), ['b', 'A'])
    assert.deepEqual(await names('search=MAI'), ['main'])
    assert.match((await admin.get('/access/segment-groups?limit=1')).text, /"total":4/)
  })

  test('a publication is judged, saved and told with what was wrong about it', async () => {
    const dmz = {
      name: 'dmz',
      listeners: [{ port: 21, serverPort: 2121 }],
      passive: { basePort: 61_000, numberOfPorts: 10, serverBasePort: 50_000 },
      server: '10.0.0.9',
      serverGroup: 'main',
    }
    const made = await admin.post('/access/publications', dmz)
    assert.equal(made.status, 201, made.text)
    const clash = await admin.post('/access/publications', { ...dmz, name: 'other' })
    assert.equal(clash.status, 422, clash.text)
    const edges = await admin.put('/access/publications/dmz', { ...dmz, edges: ['nowhere'] })
    assert.match(problemsOf(edges), /"edges\[0\]"/)
  })

  test('one that another version stored is told as such, and can be deleted', async () => {
    const { segments } = app.services.store.access
    await segments.create('odd', { name: 'odd', gravity: 9.81 }, { by: 'x' })
    assert.equal((await admin.get('/access/segments/odd')).code, 'SEGMENT_UNREADABLE')
    assert.doesNotMatch((await admin.get('/access/segments')).text, /odd/)
    assert.equal((await admin.delete('/access/segments/odd')).status, 204)
  })
})
