import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { skipDante, startDante } from './lab/servers/dante.ts'
import { startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { type ApiClient, serveConsole, setUp } from './support/console.ts'
import { freePorts } from './support/ports.ts'
import { makeScratch } from './support/scratch.ts'
import { askForRun, makeSite, makeTransfer, runOver } from './transfers/served.ts'

const skip = skipDante() || (await skipServer('vsftpd'))
/** Where dante dials from: the partner sees whether a connection came by it. */
const BEHIND = '127.0.0.5'

/** A node, Debian's SOCKS server, and its network zone `dmz`. */
async function makeGround({ isDefault = false } = {}) {
  await using making = new AsyncDisposableStack()
  const { path } = making.use(await makeScratch())
  const { basePort: port } = await freePorts(1)
  making.use(await startDante({ host: '127.0.0.1', port, from: BEHIND }))
  const node = making.use(await serveConsole([], { cwd: path }))
  const api = await setUp(node)
  const proxy = { kind: 'socks5', host: '127.0.0.1', port }
  await api.must('POST', '/zones', { name: 'dmz', proxy, isDefault })
  const kept = making.move()
  return { path, api, proxy, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** A partner that counts who comes, and says nothing. */
async function startCounter() {
  let connections = 0
  const server = createServer(socket => {
    connections++
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return {
    port: address.port,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** The problems of a refusal, by their fields. */
async function refusal(api: ApiClient, method: string, path: string, body: unknown) {
  const answer = await api.call(method, path, body)
  assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${JSON.stringify(answer.body)}`)
  return JSON.stringify(answer.body)
}

const ACTIVE = { protocol: 'ftp', host: '127.0.0.1', user: 'bench', enableActiveMode: true } as const
/** The words of the refusal: the field, and why. */
const REASON = /enableActiveMode.*active mode.*SOCKS5 proxy.*only dials out/s

describe('a network zone with a SOCKS5 proxy', { skip }, () => {
  for (const tls of ['off', 'explicit'] as const) {
    it(`is the way of all connections of its sites, in passive mode (TLS ${tls})`, async () => {
      await using ground = await makeGround()
      await using partner = await startServer('vsftpd', { logsProtocol: true, tls })
      const { api, path } = ground
      const ca = partner.certificate === undefined ? undefined : await readFile(partner.certificate, 'utf8')
      const out = join(path, 'out')
      const into = join(path, 'in')
      for (const folder of [out, into]) await mkdir(folder)
      await writeFile(join(out, 'report.txt'), 'the way out')
      await partner.give('order.txt', 'the way in')
      await makeSite(
        api,
        {
          ...{ name: 'partner', host: partner.host, port: partner.port, user: partner.user, zone: 'dmz' },
          protocol: tls === 'off' ? 'ftp' : 'ftps-explicit',
          ...(ca !== undefined && { tls: { ca } }),
        },
        partner.password,
      )
      await makeTransfer(api, {
        name: 'both ways',
        steps: [
          { do: 'push', site: 'partner', from: { folder: out } },
          { do: 'pull', site: 'partner', pattern: 'order.*', to: { folder: into }, quietSeconds: 0 },
        ],
      })
      const run = await runOver(api, await askForRun(api, 'both ways'))
      assert.equal(run.state, 'succeeded', run.error?.text ?? '')
      assert.equal(await readFile(join(partner.files, 'report.txt'), 'utf8'), 'the way out')
      assert.equal(await readFile(join(into, 'order.txt'), 'utf8'), 'the way in')
      for (const { mode } of run.fileRows) assert.match(mode ?? '', /^passive/)
      // vsftpd takes data connections from the address of the control connection alone.
      const log = await readFile(partner.protocolLog ?? '', 'utf8')
      const clients = new Set([...log.matchAll(/CONNECT: Client "([^"]+)"/g)].map(([, client]) => client))
      assert.deepEqual([...clients], [BEHIND])
      assert.doesNotMatch(log, /"(PORT|EPRT) /)
    })
  }

  it('refuses a site with active mode when it is saved, with the field and the reason', async () => {
    await using ground = await makeGround()
    const { api } = ground
    assert.match(await refusal(api, 'POST', '/sites', { name: 'new', zone: 'dmz', ...ACTIVE }), REASON)
    await makeSite(api, { name: 'old', zone: 'dmz', ...ACTIVE, enableActiveMode: false })
    assert.match(await refusal(api, 'PUT', '/sites/old', { name: 'old', zone: 'dmz', ...ACTIVE }), REASON)
    await makeSite(api, { name: 'direct', zone: 'none', ...ACTIVE })
    const inZone = { name: 'direct', zone: 'dmz', ...ACTIVE }
    assert.match(await refusal(api, 'PUT', '/sites/direct', inZone), REASON)
  })

  it('refuses it, too, when it is the default zone and the site names none', async () => {
    await using ground = await makeGround({ isDefault: true })
    assert.match(await refusal(ground.api, 'POST', '/sites', { name: 'new', ...ACTIVE }), REASON)
  })

  it('that becomes the default makes the active sites that it is now the way of fail before anything is dialled', async () => {
    await using ground = await makeGround()
    await using partner = await startCounter()
    const { api, path, proxy } = ground
    const out = join(path, 'out')
    await mkdir(out)
    await writeFile(join(out, 'a.txt'), 'x')
    await makeSite(api, { name: 'partner', port: partner.port, ...ACTIVE }, 'secret')
    await makeTransfer(api, {
      name: 'send',
      steps: [{ do: 'push', site: 'partner', from: { folder: out }, onSuccess: { do: 'delete' } }],
      retry: { attempts: 1 },
    })
    const before = await runOver(api, await askForRun(api, 'send'))
    assert.equal(before.state, 'failed', 'the counter is no FTP server')
    const dialled = partner.connections
    assert.ok(dialled > 0, 'without the zone the partner is dialled')

    await api.must('PUT', '/zones/dmz', { name: 'dmz', proxy, isDefault: true })
    const run = await runOver(api, await askForRun(api, 'send'))
    assert.equal(run.state, 'failed')
    assert.equal(run.error?.code, 'TRANSFER_ACTIVE_ZONE')
    assert.match(
      run.error?.text ?? '',
      /active mode.*default network zone dmz only dials out.*set the network zone to none/s,
    )
    assert.equal(partner.connections, dialled)
    assert.equal(await readFile(join(out, 'a.txt'), 'utf8'), 'x')
  })
})
