import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { FtpClient } from '@portolan/client'
import { parseSettings } from '@portolan/settings'
import type { EngineEvent } from '@portolan/transfers'
import { run } from '../../contract/index.ts'
import { type PartnersApp, startPartnersApp, transferOf } from '../../routes/testing-partners.ts'
import { engineName, nodeOfEngine } from './engine-name.ts'
import { logRun } from './log-run.ts'
import { NodeTransfers } from './node-transfers.ts'
import { Outside } from './outside.ts'

let it: PartnersApp
let node: NodeTransfers
before(async () => {
  it = await startPartnersApp()
  const { transfers } = it.app.services
  assert.ok(transfers instanceof NodeTransfers)
  node = transfers
})
after(() => it[Symbol.asyncDispose]())

type RunEvent = Exclude<EngineEvent, { type: 'warning' }>

/** The next run of a transfer that ends. */
function nextEnd(transfer: string): Promise<RunEvent['run']> {
  const { promise, resolve } = Promise.withResolvers<RunEvent['run']>()
  const subscription = node.subscribe(event => {
    if (event.type !== 'run-ended' || event.run.transfer !== transfer) return
    subscription[Symbol.dispose]()
    resolve(event.run)
  })
  return promise
}

function alice(): FtpClient {
  const port = it.app.services.server.addresses[0]?.port ?? 0
  return new FtpClient({ host: '127.0.0.1', port, user: 'alice', password: 'secret of alice' })
}

test('a node without transfers has no engine; the first one wakes it, and the last one that goes ends it', async () => {
  await node.apply()
  assert.equal(node.running, undefined)
  await it.root.post('/sites', it.siteOf())
  await it.root.post('/site-transfers', transferOf())
  await node.apply()
  assert.ok(node.running)
  await it.root.delete('/site-transfers/to acme')
  await node.apply()
  assert.equal(node.running, undefined)
})

test('what a user uploads goes to the partner, and so does what gets its name when all is there', async () => {
  await mkdir(join(it.app.folder, 'files/alice/outbox'))
  const trigger = { on: 'arrival', place: { user: 'alice', path: '/outbox' }, pattern: '*.csv' }
  const made = await it.root.post('/site-transfers', {
    name: 'arrivals',
    trigger,
    steps: [{ do: 'push', site: 'acme', onSuccess: { do: 'delete' } }],
  })
  assert.equal(made.status, 201, made.text)
  await node.apply()
  await using client = alice()
  const first = nextEnd('arrivals')
  await client.upload(Buffer.from('one\n'), '/outbox/one.csv')
  assert.equal((await first).state, 'succeeded', JSON.stringify((await first).error))
  assert.equal(await readFile(join(it.partner.home, 'in/one.csv'), 'utf8'), 'one\n')
  const second = nextEnd('arrivals')
  await client.upload(Buffer.from('two\n'), '/outbox/two.csv.part')
  await client.rename('/outbox/two.csv.part', '/outbox/two.csv')
  assert.equal((await second).state, 'succeeded', JSON.stringify((await second).error))
  assert.equal(await readFile(join(it.partner.home, 'in/two.csv'), 'utf8'), 'two\n')
  const runs = await it.operator.get('/runs?transfer=arrivals')
  assert.equal(runs.text.match(/"id"/g)?.length, 2, runs.text)
})

test('what a user may not read any more is not moved, and the run says so', async () => {
  await it.root.put('/users/alice', { name: 'alice', enabled: false })
  await it.root.post('/site-transfers', transferOf({ name: 'of alice' }))
  const end = nextEnd('of alice')
  const asked = run.parse((await it.operator.post('/site-transfers/of alice/run')).body)
  const over = await end
  assert.deepEqual([over.id, over.state, over.error?.code], [asked.id, 'failed', 'RUN_PLACE'])
  assert.match(over.error?.text ?? '', /the user alice is disabled/)
})

test('a node that runs no transfers says so', async () => {
  const { services } = it.app
  await using off = new NodeTransfers({
    store: services.store,
    node: 'off',
    dataFolder: it.app.folder,
    inForce: () => parseSettings({ transfers: { enabled: false } }),
    lookup: async () => undefined,
    warn: () => {},
  })
  await off.start()
  assert.equal(off.running, undefined)
  await assert.rejects(off.engine(), { code: 'TRANSFERS_OFF', status: 409 })
})

test('secrets of mail and webhooks come from files; what cannot be read is told and left out', async () => {
  const file = join(it.app.folder, 'mail.secret')
  await writeFile(file, 'of mail\r\nand more\n')
  const warned: string[] = []
  const { transfers } = parseSettings({
    transfers: {
      mail: { host: 'mail.example.com', from: 'a@example.com', user: 'a', passwordFile: file },
      webhookKeyFile: join(it.app.folder, 'missing'),
    },
  })
  const outside = new Outside(
    () => transfers,
    text => warned.push(text),
  )
  await outside.refresh()
  await outside.refresh()
  assert.equal(outside.mail()?.password, 'of mail')
  assert.equal(outside.mail()?.tls, 'starttls')
  assert.equal(outside.webhookKey(), undefined)
  assert.deepEqual(warned.length, 1)
  assert.match(warned[0] ?? '', /transfers\.webhookKeyFile/)
})

test('two engines of one node have two names, and people see one', () => {
  assert.notEqual(engineName('a'), engineName('a'))
  assert.equal(nodeOfEngine(engineName('host.example.com')), 'host.example.com')
})

test('a name with a line break makes one line of the log', async () => {
  const lines: string[] = []
  logRun((_level, _record, text) => void lines.push(text), {
    type: 'warning',
    code: 'X',
    text: 'a\nb\u001b[31m',
  })
  assert.deepEqual(lines, ['transfers: a\\u000ab\\u001b[31m'])
})
