import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Controller, StreamReport } from '@portolan/gateway'
import type { JsonValue } from '@portolan/store'
import type { Caller, TestApp } from '../../http/testing-app.ts'
import type { AccessOfNode } from '../../node/access/gateway-host.ts'
import { startAccessApp, streamReport } from './testing-access.ts'

/** A controller that has streams open, and notes what it is asked to end. */
function controllerWith(streams: readonly StreamReport[]) {
  const kicked: Parameters<Controller['kick']>[0][] = []
  const controller: Controller = {
    address: { address: '127.0.0.1', port: 1 },
    authority: '',
    invitation: () => Promise.reject(new Error('not asked')),
    why: () => Promise.reject(new Error('not asked')),
    live: () => [],
    streams: () => streams,
    kick(ask) {
      kicked.push(ask)
      return 1
    },
    apply: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
  return { controller, kicked }
}

describe('streams', () => {
  let app: TestApp
  let admin: Caller
  const open = streamReport({
    ConnectionID: 'd2',
    Role: 'data',
    TimestampConnectionStart: 9_000,
    ZENTotalBytesTxClient: 77,
  })
  const { controller, kicked } = controllerWith([streamReport({ ZENTotalBytesTxClient: 999 }), open])
  const access: Pick<AccessOfNode, 'running' | 'controller'> = {
    running: controller,
    controller: () => controller,
  }

  before(async () => {
    app = await startAccessApp()
    // The rest of it is the real one's.
    Object.defineProperties(app.services.access, {
      running: { get: () => access.running },
      controller: { value: access.controller },
    })
    admin = await app.as('administrator')
    await app.services.store.access.streams.save([
      rowOf(streamReport()),
      rowOf(
        streamReport({
          ConnectionID: 'd1',
          Role: 'data',
          ConnectionStatus: 'close',
          InternalReason: 'SRV_FINISHED',
          TimestampConnectionStart: 2_000,
          TimestampConnectionEnd: 3_000,
        }),
      ),
      rowOf(
        streamReport({
          SessionID: 'x',
          ConnectionID: 'x',
          ConnectionStatus: 'refused',
          InternalReason: 'POL_DENIED',
          Username: 'bob',
          TimestampConnectionStart: 4_000,
          TimestampConnectionEnd: 4_000,
        }),
      ),
      {
        ...rowOf(streamReport({ SessionID: 'odd', ConnectionID: 'odd', TimestampConnectionStart: 500 })),
        document: 7,
      },
    ])
  })
  after(() => app[Symbol.asyncDispose]())

  function rowOf(report: StreamReport) {
    const document: JsonValue = JSON.parse(JSON.stringify(report))
    return {
      connection: report.ConnectionID,
      session: report.SessionID,
      edge: 'e1',
      user: report.Username,
      segment: report.Application,
      connector: report.Connector,
      server: `${report.Host}:${report.ServicePort}`,
      status: report.ConnectionStatus,
      code: report.InternalReason,
      startedAt: report.TimestampConnectionStart,
      ...(report.TimestampConnectionEnd > 0 && { endedAt: report.TimestampConnectionEnd }),
      document,
    }
  }

  const ids = ({ text }: { text: string }) =>
    [...text.matchAll(/"ConnectionID":"([^"]+)"/g)].map(([, id]) => id)

  test('are listed newest first, by each filter, and open ones as their edge has told last', async () => {
    const all = await admin.get('/access/streams')
    assert.equal(all.status, 200, all.text)
    assert.deepEqual(ids(all), ['x', 'd1', 's1', 'odd'])
    assert.match(all.text, /"ConnectionID":"s1".*"ZENTotalBytesTxClient":999/)
    for (const [query, found] of [
      ['user=bob', ['x']],
      ['session=s1', ['d1', 's1']],
      ['code=POL_DENIED', ['x']],
      ['status=close', ['d1']],
      ['from=2000&to=3999', ['d1']],
      ['segment=nothing', []],
    ] as const) {
      assert.deepEqual(ids(await admin.get(`/access/streams?${query}`)), found, query)
    }
    const first = await admin.get('/access/streams?limit=3')
    const next = /"next":"(\d+)"/.exec(first.text)?.[1]
    assert.deepEqual(ids(await admin.get(`/access/streams?limit=3&before=${next}`)), ['odd'])
  })

  test('that another version stored are told by what their columns say', async () => {
    const { text } = await admin.get('/access/streams?session=odd')
    assert.match(text, /"Username":"alice".*"Host":"10\.0\.0\.9","ServicePort":21/)
  })

  test('that are open are told, the newest first', async () => {
    assert.deepEqual(ids(await admin.get('/access/streams/live')), ['d2', 's1'])
  })

  test('of a session are one timeline, with what is open and not in the log yet', async () => {
    const answer = await admin.get('/access/sessions/s1')
    assert.equal(answer.status, 200, answer.text)
    assert.match(
      answer.text,
      /"user":"alice".*"server":"10\.0\.0\.9:21".*"verdict":"It is open; 2 data connections/,
    )
    assert.equal((await admin.get('/access/sessions/nothing')).code, 'SESSION_MISSING')
  })

  test('are ended by an operator, one or all of a session, and that is in the audit log', async () => {
    const operator = await app.as('operator')
    const one = await operator.post('/access/streams/d2/kick')
    assert.deepEqual([one.status, one.body], [200, { streams: 1 }])
    const all = await operator.post('/access/sessions/s1/kick')
    assert.deepEqual([all.status, all.body], [200, { streams: 2 }])
    assert.deepEqual(kicked, [{ connection: 'd2' }, { session: 's1' }])
    for (const path of ['streams/d1', 'sessions/x']) {
      assert.equal((await operator.post(`/access/${path}/kick`)).code, 'STREAM_MISSING')
    }
    const { items } = await app.services.store.audit.list({ limit: 5, action: 'access.session.kick' })
    assert.deepEqual(
      items.map(({ actor, target, text }) => [actor, target, text]),
      [['operator', 's1', 'alice to 10.0.0.9:21']],
    )
  })
})

test('without a controller nothing is open, and nothing can be ended', async () => {
  await using app = await startAccessApp()
  const admin = await app.as('administrator')
  assert.deepEqual((await admin.get('/access/streams/live')).body, { items: [] })
  assert.equal((await admin.post('/access/streams/x/kick')).code, 'GATEWAY_OFF')
})
