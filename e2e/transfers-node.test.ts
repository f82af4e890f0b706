import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type LabServer, startServer } from './lab/servers/start.ts'
import { runPortolan } from './support/command.ts'
import { type ApiClient, type ServedConsole, serveConsole, setUp, signIn } from './support/console.ts'
import { runProgram } from './support/programs.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'
import { until } from './support/within.ts'

const PASSWORD = 'correct horse battery'
/** Takes some seconds at {@link BANDWIDTH}. */
const LARGE = 12 * 1024 * 1024
const BANDWIDTH = 3 * 1024 * 1024
/** A run of a node that is killed is anybody's when its lease is over. */
const TAKE_OVER_MS = 60_000

interface RunView {
  readonly id: string
  readonly state: string
  readonly attempt: number
  readonly bytes: number
  readonly error?: { readonly text: string }
}

interface Begun extends AsyncDisposable {
  readonly scratch: Scratch
  readonly node: ServedConsole
  readonly api: ApiClient
}

/** A node with an administrator, and alice with an outbox. */
async function begun(): Promise<Begun> {
  await using started = new AsyncDisposableStack()
  const scratch = started.use(await makeScratch())
  const node = started.use(await serveConsole([], { cwd: scratch.path }))
  const api = await setUp(node)
  await api.must('POST', '/users', { name: 'alice', password: PASSWORD })
  const owned = started.move()
  return { scratch, node, api, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Makes a site of a server of the lab. */
async function makeSite(api: ApiClient, server: LabServer, more: object = {}): Promise<void> {
  const tls = server.certificate === undefined ? {} : { ca: await readFile(server.certificate, 'utf8') }
  await api.must('POST', '/sites', {
    name: 'partner',
    protocol: server.tls === 'off' ? 'ftp' : 'ftps-explicit',
    host: server.host,
    port: server.port,
    user: server.user,
    secrets: { password: server.password },
    tls,
    ...more,
  })
}

const ARRIVAL = {
  name: 'outbox',
  trigger: { on: 'arrival', place: { user: 'alice', path: '/outbox' }, pattern: '*' },
  steps: [{ do: 'push', site: 'partner' }],
}

/** Uploads by FTP, as alice with curl. */
async function curl({ ftpPort }: ServedConsole, file: string, path: string): Promise<void> {
  const url = `ftp://127.0.0.1:${ftpPort}${path}`
  const args = [
    '--silent',
    '--show-error',
    '--ftp-create-dirs',
    '--user',
    `alice:${PASSWORD}`,
    '-T',
    file,
    url,
  ]
  const { code, stderr } = await runProgram('curl', args)
  assert.equal(code, 0, stderr)
}

async function runsOf(api: ApiClient, transfer: string): Promise<readonly RunView[]> {
  return (await api.must<{ items: RunView[] }>('GET', `/runs?transfer=${transfer}`)).items
}

/** Waits until the one run of a transfer has got so far. */
async function reached(
  api: ApiClient,
  transfer: string,
  enough: (run: RunView) => boolean,
  limitMs = 20_000,
): Promise<RunView> {
  let found: RunView | undefined
  await until(
    async () => {
      ;[found] = await runsOf(api, transfer)
      return (found !== undefined && enough(found)) || JSON.stringify(found ?? 'there is no run yet')
    },
    { limitMs, everyMs: 50 },
  )
  assert.ok(found)
  return found
}

describe('transfers of a node', { concurrency: 3 }, () => {
  for (const tls of ['off', 'explicit'] as const) {
    it(`what alice uploads with curl arrives at a vsftpd with TLS ${tls}, once`, async () => {
      await using one = await begun()
      const { api, node, scratch } = one
      await using partner = await startServer('vsftpd', { tls })
      await makeSite(api, partner)
      const tested = await api.must<{ ok: boolean; summary: string }>('POST', '/sites/partner/test')
      assert.ok(tested.ok, JSON.stringify(tested))
      await api.must('POST', '/site-transfers', ARRIVAL)
      const content = randomBytes(300_000)
      const file = join(scratch.path, 'report.bin')
      await writeFile(file, content)
      // The folder is not there yet when the trigger is made: curl makes it.
      await curl(node, file, '/outbox/report.bin')
      const run = await reached(api, 'outbox', ({ state }) => state !== 'waiting' && state !== 'running')
      assert.equal(run.state, 'succeeded', JSON.stringify(run))
      assert.ok(content.equals(await readFile(join(partner.files, 'report.bin'))))
      assert.equal((await runsOf(api, 'outbox')).length, 1)
      const detail = await api.must<{ fileRows: { mode?: string; checksum?: string; because?: string }[] }>(
        'GET',
        `/runs/${run.id}`,
      )
      assert.match(detail.fileRows[0]?.mode ?? '', /^passive/)
      assert.ok(detail.fileRows[0]?.because)
      const figures = await fetch(`${node.url}/metrics`, { headers: { cookie: api.cookie } })
      assert.match(await figures.text(), /portolan_runs_total\{state="succeeded"\} 1/)
      assert.match(node.stderr(), /"event":"run-ended".*"state":"succeeded"/)
      assert.ok(!node.stderr().includes(partner.password))
    })
  }

  it('portolan transfers run, watch, runs and sites test work beside the node', async () => {
    await using one = await begun()
    const { api, scratch } = one
    await using partner = await startServer('vsftpd')
    await makeSite(api, partner)
    const from = { user: 'alice', path: '/' }
    await api.must('POST', '/site-transfers', {
      name: 'by hand',
      steps: [{ do: 'push', site: 'partner', from, pattern: '*.txt' }],
    })
    await writeFile(join(scratch.path, 'data/files/alice/a.txt'), 'all of it')
    const portolan = (...args: string[]) => runPortolan(args, { cwd: scratch.path })
    const waited = await portolan('transfers', 'run', 'by hand', '--wait')
    assert.equal(waited.code, 0, waited.stdout + waited.stderr)
    assert.match(waited.stdout, /succeeded {2}1 of 1 file/)
    assert.equal(await readFile(join(partner.files, 'a.txt'), 'utf8'), 'all of it')
    const again = await portolan('transfers', 'run', 'by hand')
    const watched = await portolan('transfers', 'watch', again.stdout.trim(), '--json')
    assert.equal(watched.code, 0, watched.stderr)
    const runs = await portolan('transfers', 'runs', '--state', 'succeeded')
    assert.equal(runs.stdout.trim().split('\n').length, 2, runs.stdout)
    const tested = await portolan('sites', 'test', 'partner')
    assert.equal(tested.code, 0, tested.stdout + tested.stderr)
    await partner.stop()
    const gone = await portolan('sites', 'test', 'partner', '--json')
    assert.equal(gone.code, 1, gone.stdout)
    assert.match(gone.stdout, /CONTROL_REFUSED/)
  })

  it('a node that is killed in the middle of a large push delivers it once, and whole, when it is there again', async () => {
    await using partner = await startServer('vsftpd', { logsProtocol: true })
    await using scratch = await makeScratch()
    const content = randomBytes(LARGE)
    const file = join(scratch.path, 'large.bin')
    await writeFile(file, content)
    let first: RunView
    {
      await using node = await serveConsole([], { cwd: scratch.path })
      const api = await setUp(node)
      await api.must('POST', '/users', { name: 'alice', password: PASSWORD })
      await makeSite(api, partner, { bandwidth: BANDWIDTH })
      await api.must('POST', '/site-transfers', ARRIVAL)
      await curl(node, file, '/outbox/large.bin')
      first = await reached(api, 'outbox', ({ bytes }) => bytes > LARGE / 4)
      assert.equal(first.state, 'running')
      await node.stop('SIGKILL')
    }
    await assert.rejects(readFile(join(partner.files, 'large.bin')), { code: 'ENOENT' })
    await using node = await serveConsole([], { cwd: scratch.path })
    const api = await signIn(node.url)
    const run = await reached(
      api,
      'outbox',
      ({ state }) => state !== 'waiting' && state !== 'running',
      TAKE_OVER_MS,
    )
    assert.deepEqual([run.id, run.state], [first.id, 'succeeded'], JSON.stringify(run))
    assert.ok(content.equals(await readFile(join(partner.files, 'large.bin'))))
    assert.equal((await runsOf(api, 'outbox')).length, 1)
    const log = await readFile(partner.protocolLog ?? '', 'utf8')
    const published = log.match(/FTP command: .*"RNTO [^"]*large\.bin"/g) ?? []
    assert.equal(published.length, 1, published.join('\n'))
    // It went on where it was: the second life had less to send than the whole.
    assert.match(log, /"REST [1-9]|"APPE /)
  })
})
