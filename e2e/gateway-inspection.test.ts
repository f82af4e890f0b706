import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type ClientKind, type DataCommand, dataWay } from './clients/client.ts'
import { curl } from './clients/curl.ts'
import { ftplib } from './clients/ftplib.ts'
import { lftp } from './clients/lftp.ts'
import { ncftp } from './clients/ncftp.ts'
import { SERVER, USER } from './gateway/network.ts'
import type { Part } from './gateway/part.ts'
import { type AccessStand, startStand } from './gateway/stand.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import type { LabServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { mustSucceed } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'
import { until } from './support/within.ts'

const skip = skipNetwork() || (await skipServer('vsftpd'))
const BESIDE = fileURLToPath(new URL('./gateway/active-beside-passive.py', import.meta.url))
const CONTENT = randomBytes(300_000)
/** Found by the connector alone. */
const NAME = 'ftp.corp.example'
const WAYS: readonly (readonly [ClientKind, DataCommand])[] = [
  [curl, 'EPSV'],
  [curl, 'PASV'],
  [lftp, 'PASV'],
  [ncftp, 'PASV'],
  [ftplib, 'PASV'],
]

describe('a segment with port 21 alone, whose control connections are read', { skip }, () => {
  const cleanup = new AsyncDisposableStack()
  let stand: AccessStand
  let server: LabServer
  let agent: Part
  let folder: string
  let login: string

  before(async () => {
    folder = cleanup.use(await makeScratch()).path
    stand = cleanup.use(await startStand([]))
    await stand.access(
      ...['setup', '--server', `${NAME}:21`, '--user', 'alice', '--name', 'by name', '--yes'],
    )
    server = await stand.startServer('vsftpd', { tls: 'explicit', logsProtocol: true })
    login = `${server.user}:${server.password}`
    await server.give('there.txt', 'it is there\n')
    await stand.startEdge('edge1', 8443)
    await stand.startConnector('con1', 0, `127.0.0.1 localhost\n${SERVER} ${NAME}\n`)
    const proxies = ['--socks', '127.0.0.1:1080', '--http', '127.0.0.1:3128']
    agent = await stand.startAgent({ flags: ['--transparent', ...proxies] })
    // vsftpd waits for data connections that were refused, and hears nothing meanwhile: the agent would wait for it.
    cleanup.defer(() => agent.stop('SIGKILL'))
  })
  after(() => cleanup.disposeAsync())

  const runCurl = (...args: readonly string[]) =>
    stand.network.user.run('curl', ['-sS', '--max-time', '15', '-u', login, ...args])
  const codeOf = ({ code }: { readonly code: string }) => code

  it('lets clients that know of nothing move files in passive mode, by ports that no segment has', async () => {
    const local = join(folder, 'up.bin')
    await writeFile(local, CONTENT)
    const from = Date.now()
    for (const [client, command] of WAYS) {
      const what = `${client.name} ${command}`
      await using connected = await client.connect({
        ...dataWay(command),
        ...{ host: SERVER, port: 21, user: server.user, password: server.password, tls: 'none' },
        ...{ scratch: folder, launcher: stand.network.user.launcher },
      })
      await connected.upload(local, `/${what}.bin`)
      assert.ok(CONTENT.equals(await readFile(join(server.files, `${what}.bin`))), `${what}: upload`)
      await connected.download(`/${what}.bin`, `${local}.copy`)
      assert.ok(CONTENT.equals(await readFile(`${local}.copy`)), `${what}: download`)
    }
    const rows = await rowsFrom(from, 2 * WAYS.length)
    assert.deepEqual(new Set(rows.map(codeOf)), new Set(['AGT_FINISHED', 'SRV_FINISHED']))
    const controls = new Set(rows.flatMap(({ port, session }) => (port === 21 ? session : [])))
    for (const { port, session } of rows)
      if (port !== 21) assert.ok(controls.has(session), `a data connection of no session: ${port}`)
  })

  for (const [way, flags] of [
    ['SOCKS', ['-x', 'socks5h://127.0.0.1:1080']],
    ['HTTP CONNECT', ['-p', '-x', 'http://127.0.0.1:3128']],
  ] as const)
    it(`is reached by a name that the connector alone can find, through ${way}`, async () => {
      const unknown = await runCurl(`ftp://${NAME}/there.txt`)
      assert.equal(unknown.code, 6, unknown.stderr)
      for (const passive of [[], ['--disable-epsv'], ['--disable-epsv', '--no-ftp-skip-pasv-ip']]) {
        const ran = await runCurl(...flags, ...passive, `ftp://${NAME}/there.txt`)
        assert.deepEqual([ran.code, ran.stdout], [0, 'it is there\n'], `${passive.join(' ')}: ${ran.stderr}`)
      }
    })

  /** Rows of the access log since then, once all are over and so many are control connections. */
  async function rowsFrom(from: number, controls: number) {
    let rows: { code: string; port: number; session: string; document: unknown }[] = []
    await until(async () => {
      const { items } = await stand.store.access.streams.list({ limit: 500, from })
      rows = items.map(({ code, server: at, session, document }) => ({
        ...{ code, session, document, port: Number(/:(\d+)$/.exec(at)?.[1]) },
      }))
      const open = items.filter(({ endedAt }) => endedAt === undefined).length
      const told = rows.filter(({ port }) => port === 21).length
      return (open === 0 && told >= controls) || `${open} open, ${told} control connections`
    })
    return rows
  }

  it('answers active mode with 502 and advice before the server hears of it, and that is on record', async () => {
    const from = Date.now()
    const ran = await runCurl('-v', '-P', '-', `ftp://${SERVER}/there.txt`)
    assert.equal(ran.code, 30, ran.stderr)
    assert.match(ran.stderr, /< 502 EPRT .*connections only go outwards.*passive/i)
    assert.match(ran.stderr, /< 502 PORT .*connections only go outwards.*passive/i)
    assert.doesNotMatch(await readFile(server.protocolLog ?? '', 'utf8'), /"(PORT|EPRT)\b/)

    const [row] = await rowsFrom(from, 1)
    assert.match(JSON.stringify(row?.document), /CON_FTP_ACTIVE_REFUSED: .*Use passive mode.*EPRT/)
    const ask = { limit: 10, action: 'access.active-mode', from }
    await until(
      async () => (await stand.store.audit.list(ask)).items.length === 2 || 'no rows of the audit log',
    )
    for (const { actor, address, target, outcome, text, after: detail } of (await stand.store.audit.list(ask))
      .items) {
      assert.deepEqual([actor, address, target, outcome], ['user:alice', USER, `${SERVER}:21`, 'refused'])
      assert.deepEqual(detail, { segment: 'ftp', session: row?.session })
      assert.match(text, /The client sent (EPRT|PORT) /)
    }
    await agent.said(
      line => line.code === 'CON_FTP_ACTIVE_REFUSED' && /Use passive mode/.test(String(line.text)),
      'the advice, said to the user',
    )
  })

  it('refuses active mode beside passive mode in its turn, and passive mode goes on', async () => {
    const args = [BESIDE, SERVER, '21', server.user, server.password, 'there.txt']
    const { stdout } = mustSucceed('python3', await stand.network.user.run('python3', ['-I', ...args]))
    const { replies, content, dialled }: { replies: string[]; content: string; dialled: boolean } =
      JSON.parse(stdout)
    const codes = replies.map(reply => Number(reply.slice(0, 3)))
    assert.deepEqual(codes, [220, 331, 230, 200, 227, 502, 150, 226, 221])
    assert.deepEqual([content, dialled], ['it is there\n', false])
  })

  for (const [way, flags] of [
    ['the packet filter', []],
    ['SOCKS', ['-x', 'socks5h://127.0.0.1:1080']],
  ] as const)
    it(`carries the control connection of FTPS, and refuses data connections, which it cannot read of, through ${way}`, async () => {
      const from = Date.now()
      const tls = [...flags, '--ssl-reqd', '--cacert', server.certificate ?? '']
      mustSucceed('curl', await runCurl(...tls, '-I', '-Q', 'PWD', `ftp://${SERVER}/`))
      const data = await runCurl(...tls, `ftp://${SERVER}/there.txt`)
      // curl tries PASV after EPSV, and ends as it likes; 28 would be a timeout.
      assert.ok(![0, 28, null].includes(data.code), `${data.code} ${data.stderr}`)

      const rows = await rowsFrom(from, 2)
      const refused = rows.filter(({ code }) => code === 'CON_FTP_ENCRYPTED')
      assert.ok(refused.length > 0, rows.map(codeOf).join())
      for (const { document, session } of refused) {
        assert.match(
          JSON.stringify(document),
          /"Text":"The control connection is encrypted.*name them in the segment/,
        )
        const control = rows.find(row => row.port === 21 && row.session === session)
        assert.match(JSON.stringify(control?.document), /"text":"CON_FTP_ENCRYPTED: /)
      }
      await agent.said(
        line => line.how === 'refused' && /50\d\d\d was refused: .*encrypted/.test(String(line.text)),
        'the reason, said to the user',
      )
    })

  it('is what portolan doctor sees when active mode is asked for', async () => {
    const args = ['doctor', '--json', '--no-netrc', '--step-timeout', '2', '--mode', 'active', '--tls', 'off']
    const ran = await stand.network.user.portolan([...args, `ftp://${server.user}@${SERVER}/`], {
      env: { PORTOLAN_PASSWORD: server.password },
    })
    const { verdicts }: { verdicts: { code: string; confidence: string }[] } = JSON.parse(ran.stdout)
    assert.deepEqual(
      verdicts.slice(0, 1).map(({ code, confidence }) => [code, confidence]),
      [['ACTIVE_REFUSED_BY_CONNECTOR', 'certain']],
      ran.stdout,
    )
  })
})
