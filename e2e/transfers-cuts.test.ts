import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type LabServer, startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { serveConsole, setUp } from './support/console.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { makeScratch } from './support/scratch.ts'
import { askForRun, makeSite, makeTransfer, runOver } from './transfers/served.ts'

const skip = await skipServer('vsftpd')
const CUTS = 10
/** Bytes of a connection after which it is cut. */
const CUT_AFTER = 900_000
/** Larger than all that the cuts let through, so that every one of them meets the same file. */
const SIZE = 16_000_000

/** A node whose site lies behind a proxy that cuts, and the two folders of this machine. */
async function makeGround(way: 'up' | 'down') {
  await using making = new AsyncDisposableStack()
  const { path } = making.use(await makeScratch())
  const partner = making.use(await startServer('vsftpd', { logsProtocol: true }))
  const amounts = Array.from({ length: CUTS }, () => CUT_AFTER)
  const proxy = making.use(await startCuttingProxy(way, amounts))
  const api = await setUp(making.use(await serveConsole([], { cwd: path })))
  const [host = '', port = ''] = new URL(proxy.url).host.split(':')
  await api.must('POST', '/zones', { name: 'bad line', proxy: { kind: 'http', host, port: Number(port) } })
  await makeSite(
    api,
    {
      ...{ name: 'partner', host: partner.host, port: partner.port, user: partner.user, protocol: 'ftp' },
      ...{ zone: 'bad line', connections: 1, retry: { attempts: CUTS * 3, first: 0.05, factor: 1 } },
    },
    partner.password,
  )
  const out = join(path, 'out')
  const into = join(path, 'in')
  for (const folder of [out, into]) await mkdir(folder)
  const kept = making.move()
  return { api, proxy, partner, out, into, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

const logOf = ({ protocolLog = '' }: LabServer) => readFile(protocolLog, 'utf8')

const numbers = (log: string, pattern: RegExp) =>
  [...log.matchAll(pattern)].map(([, digits]) => Number(digits))

describe(`a partner that cuts the connection ${CUTS} times in one file`, { skip }, () => {
  it('gets it once all the same, gone on with each time where it was left', async () => {
    await using ground = await makeGround('up')
    const { api, proxy, partner, out } = ground
    const content = randomBytes(SIZE)
    await writeFile(join(out, 'big.bin'), content)
    await makeTransfer(api, {
      name: 'send',
      steps: [{ do: 'push', site: 'partner', from: { folder: out }, onSuccess: { do: 'delete' } }],
    })
    const run = await runOver(api, await askForRun(api, 'send'), 60_000)
    assert.equal(run.state, 'succeeded', run.error?.text ?? '')
    assert.equal(proxy.cuts, CUTS)
    assert.deepEqual(await readdir(partner.files), ['big.bin'])
    assert.ok((await readFile(join(partner.files, 'big.bin'))).equals(content))
    assert.deepEqual(await readdir(out), [])
    const log = await logOf(partner)
    const pieces = numbers(log, /(?:OK|FAIL) UPLOAD: .*, (\d+) bytes/g)
    assert.ok(pieces.length > CUTS, `it was begun ${pieces.length} times`)
    assert.equal(
      pieces.reduce((sum, bytes) => sum + bytes, 0),
      SIZE,
      'no byte was taken twice',
    )
    assert.equal([...log.matchAll(/OK RENAME: .*big\.bin"/g)].length, 1)
  })

  it('gives it once all the same, gone on with each time where it was left', async () => {
    await using ground = await makeGround('down')
    const { api, proxy, partner, into } = ground
    const content = randomBytes(SIZE)
    await partner.give('big.bin', content)
    await makeTransfer(api, {
      name: 'fetch',
      steps: [
        {
          ...{ do: 'pull', site: 'partner', pattern: 'big.*', to: { folder: into }, quietSeconds: 0 },
          remoteOnSuccess: { do: 'delete' },
        },
      ],
    })
    const run = await runOver(api, await askForRun(api, 'fetch'), 60_000)
    assert.equal(run.state, 'succeeded', run.error?.text ?? '')
    assert.equal(proxy.cuts, CUTS)
    assert.deepEqual(await readdir(into), ['big.bin'])
    assert.ok((await readFile(join(into, 'big.bin'))).equals(content))
    assert.deepEqual(await readdir(partner.files), [])
    const offsets = numbers(await logOf(partner), /FTP command: .*"REST (\d+)"/g)
    assert.equal(offsets.length, CUTS)
    for (const [index, offset] of offsets.entries()) {
      const before = offsets[index - 1] ?? 0
      assert.ok(offset > before && offset <= before + CUT_AFTER, `it was gone on with at ${offsets}`)
    }
  })
})
