import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ControllerEvent } from '@portolan/gateway'
import { openStore, StoreError } from '@portolan/store'
import { streamReport } from '../../routes/gateway/testing-access.ts'
import { AccessRecorder } from './access-recorder.ts'

const NOW = 1_700_000_000_000

async function startRecorder(closing: AsyncDisposableStack) {
  const folder = await mkdtemp(join(tmpdir(), 'access-recorder-'))
  closing.defer(() => rm(folder, { recursive: true, force: true }))
  const store = closing.use(await openStore({ folder }))
  const warnings: string[] = []
  const recorder = closing.use(
    new AccessRecorder({ store, node: 'n', warn: text => void warnings.push(text), now: () => NOW }),
  )
  return { store, recorder, warnings }
}

const came = (
  type: 'enrolled' | 'enrol-refused' | 'signed-in' | 'sign-in-refused' | 'renewed',
): ControllerEvent => ({
  type,
  who: 'alice',
  address: '192.0.2.7',
  text: `${type} it was`,
})

test('who came and who was refused is in the audit log, refusals among the incidents as well', async () => {
  await using closing = new AsyncDisposableStack()
  const { store, recorder } = await startRecorder(closing)
  for (const type of ['enrolled', 'enrol-refused', 'signed-in', 'sign-in-refused', 'renewed'] as const) {
    recorder.take(came(type))
  }
  recorder.take({ type: 'edge-lost', edge: 'edge-1', address: '192.0.2.9' })
  recorder.take({ type: 'warning', code: 'STORE_UNAVAILABLE', text: 'it is slow' })
  await recorder.flush()
  const audit = (await store.audit.list({ limit: 10 })).items.toReversed()
  assert.deepEqual(
    audit.map(({ at, action, actor, target, address, outcome, text }) => [
      at,
      action,
      actor,
      target,
      address,
      outcome,
      text,
    ]),
    [
      [NOW, 'access.enrol', 'alice', 'alice', '192.0.2.7', 'done', 'enrolled it was'],
      [NOW, 'access.enrol', 'alice', 'alice', '192.0.2.7', 'refused', 'enrol-refused it was'],
      [NOW, 'access.sign-in', 'user:alice', 'alice', '192.0.2.7', 'done', 'signed-in it was'],
      [NOW, 'access.sign-in', 'user:alice', 'alice', '192.0.2.7', 'refused', 'sign-in-refused it was'],
    ],
  )
  const incidents = (await store.incidents.list({ limit: 10 })).items.toReversed()
  assert.deepEqual(
    incidents.map(({ kind, code, user, address }) => [kind, code, user, address]),
    [
      ['access-refused', 'GATEWAY_ENROL_REFUSED', '', '192.0.2.7'],
      ['access-refused', 'GATEWAY_SIGN_IN_REFUSED', 'alice', '192.0.2.7'],
      ['access-lost', 'EDG_LOST', '', '192.0.2.9'],
      ['warning', 'STORE_UNAVAILABLE', '', ''],
    ],
  )
})

test('each PORT that was refused is in the audit log once, however often its stream is told', async () => {
  await using closing = new AsyncDisposableStack()
  const { store, recorder } = await startRecorder(closing)
  const line = (at: number, verb: string) => ({
    at,
    text: `CON_FTP_ACTIVE_REFUSED: ${verb} was refused: use passive mode.`,
  })
  const old = line(NOW - 1, 'PORT')
  const [first, second] = [line(NOW + 5, 'PORT'), line(NOW + 9, 'EPRT')]
  const tell = (change: Parameters<typeof streamReport>[0]) =>
    recorder.take({ type: 'streams', streams: [streamReport(change)] })
  tell({ Events: [old] })
  tell({ Events: [old, { at: NOW + 1, text: 'USER alice → 331 x' }, first] })
  tell({ Events: [old, first] })
  tell({ Events: [old, first, second], ConnectionStatus: 'close' })
  tell({ ConnectionID: 'other', Events: [first] })
  await recorder.flush()
  const { items } = await store.audit.list({ limit: 10 })
  assert.deepEqual(
    items.toReversed().map(({ at, text }) => [at, text.slice(24, 28)]),
    [
      [NOW + 5, 'PORT'],
      [NOW + 5, 'PORT'],
      [NOW + 9, 'EPRT'],
    ],
  )
  const [row] = items
  assert.deepEqual(
    [row?.action, row?.actor, row?.target, row?.address, row?.outcome, row?.after],
    [
      'access.active-mode',
      'user:alice',
      '10.0.0.9:21',
      '192.0.2.7',
      'refused',
      { segment: 'Reports', session: 's1' },
    ],
  )
})

test('rows wait for a database that does not answer, within a bound, and what was lost is told', async () => {
  await using closing = new AsyncDisposableStack()
  const { store, recorder, warnings } = await startRecorder(closing)
  const { append } = store.audit
  store.audit.append = () => Promise.reject(new StoreError('STORE_UNAVAILABLE', 'it is away'))
  for (let count = 0; count < 6_000; count++) recorder.take(came('signed-in'))
  await recorder.flush()
  await recorder.flush()
  assert.deepEqual(warnings, ['access: the logs cannot be written: it is away; rows wait in memory'])
  store.audit.append = append
  await recorder.flush()
  assert.match(warnings[1] ?? '', /1000 rows of the logs were lost/)
  assert.equal((await store.audit.list({ limit: 500 })).items.length, 500)
})
