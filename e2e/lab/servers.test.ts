import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { access, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { findProgram, runProgram } from '../support/programs.ts'
import { makeScratch, type Scratch } from '../support/scratch.ts'
import { LAB_SERVERS } from './servers/kinds.ts'
import { type LabServer, startServer } from './servers/start.ts'
import { skipServer } from './servers/workshop.ts'

const CONTENT = randomBytes(300_000)
const missing = ['curl', 'lftp'].find(name => findProgram(name) === undefined)
const noClient = missing !== undefined && `${missing} is not installed`

let scratch: Scratch
before(async () => {
  scratch = await makeScratch()
})
after(() => scratch[Symbol.asyncDispose]())

/**
 * Runs curl and gives its exit code and what it printed. With TLS 1.2: curl 7.88 closes uploads over TLS 1.3 before it
 * has read the tickets, so that a reset may overtake the end of the file.
 */
function curl(server: LabServer, path: string, ...args: readonly string[]) {
  const { tls, certificate, host, port, user, password } = server
  return runProgram('curl', [
    ...['-q', '--silent', '--show-error', '--verbose', '--max-time', '10', '--user', `${user}:${password}`],
    ...(tls === 'explicit' ? ['--ssl-reqd'] : []),
    ...(certificate === undefined ? [] : ['--cacert', certificate, '--tls-max', '1.2']),
    ...args,
    `${tls === 'implicit' ? 'ftps' : 'ftp'}://${host}:${port}${path}`,
  ])
}

/** Runs lftp, with TLS 1.2 for the same reason: pyftpdlib takes what a reset has cut off for the whole file. */
function lftp(server: LabServer, command: string) {
  const { tls, certificate, host, port, user, password } = server
  const script = [
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    'set ftp:ssl-force yes',
    `set ssl:ca-file ${certificate}`,
    'set ssl:priority NORMAL:-VERS-TLS1.3',
    `open -u ${user},${password} ${tls === 'implicit' ? 'ftps' : 'ftp'}://${host}:${port}`,
    command,
  ]
  return runProgram('lftp', ['--norc', '-c', script.join('; ')], { env: { HOME: scratch.path } })
}

/** Not deepEqual: the report of a difference of so many bytes takes gigabytes. */
function assertContent(bytes: Buffer): void {
  assert.equal(bytes.length, CONTENT.length)
  assert.ok(bytes.equals(CONTENT), 'other bytes of the same length')
}

/** Up and down again. */
async function roundTrip(server: LabServer, ...args: readonly string[]): Promise<void> {
  const local = join(scratch.path, 'there.bin')
  const back = join(scratch.path, 'back.bin')
  await writeFile(local, CONTENT)
  await rm(back, { force: true })
  // curl begins the handshake of a data connection before it sends the command. pyftpdlib before 1.5.9 closes the
  // connection for that (its pull request 612).
  const byCurl = server.kind !== 'pyftpdlib' || server.tls === 'off'
  const up = byCurl
    ? await curl(server, '/there.bin', '--upload-file', local, ...args)
    : await lftp(server, `put ${local}`)
  assert.equal(up.code, 0, up.stderr)
  assertContent(await readFile(join(server.files, 'there.bin')))
  const down = byCurl
    ? await curl(server, '/there.bin', '--output', back, ...args)
    : await lftp(server, `get there.bin -o ${back}`)
  assert.equal(down.code, 0, down.stderr)
  assertContent(await readFile(back))
}

for (const { kind, label, can } of LAB_SERVERS) {
  const skip = noClient || (await skipServer(kind))
  describe(`${label} in the lab`, { skip }, () => {
    const ways = (['off', 'explicit', 'implicit'] as const).filter(tls => tls !== 'implicit' || can.implicit)
    for (const tls of ways) {
      it(`takes a file and gives it back with TLS ${tls}`, async () => {
        await using server = await startServer(kind, { tls })
        await roundTrip(server)
      })
    }

    it('owns the files that it was given', async () => {
      await using server = await startServer(kind)
      const path = await server.give('given.txt', 'a gift')
      const read = await curl(server, '/given.txt')
      assert.equal(read.stdout, 'a gift', read.stderr)
      const removed = await curl(server, '/', '--head', '--quote', 'DELE given.txt')
      assert.equal(removed.code, 0, removed.stderr)
      await assert.rejects(access(path), { code: 'ENOENT' })
    })

    it('dials the client in active mode', async () => {
      await using server = await startServer(kind)
      await roundTrip(server, '--ftp-port', '-')
    })

    it(can.mlsd ? 'has MLSD' : 'has no MLSD', async () => {
      await using server = await startServer(kind)
      await server.give('listed.txt', 'here')
      const { stdout } = await curl(server, '/', '--request', 'MLSD')
      assert.equal(/^type=file;.* listed\.txt|;type=file;.* listed\.txt/im.test(stdout), can.mlsd, stdout)
    })

    it('tells the address and a port that it was given in reply to PASV', async () => {
      const masquerade = '203.0.113.7'
      await using server = await startServer(kind, { masquerade })
      // curl leaves the address out and connects to where the control connection goes.
      const { code, stderr } = await curl(server, '/', '--disable-epsv', '--ftp-skip-pasv-ip')
      assert.equal(code, 0, stderr)
      const [, address = '', high, low] = /^< 227 .*?(\d+,\d+,\d+,\d+),(\d+),(\d+)/m.exec(stderr) ?? []
      assert.equal(address.replaceAll(',', '.'), masquerade, stderr)
      const index = Number(high) * 256 + Number(low) - server.passive.basePort
      assert.ok(index >= 0 && index < server.passive.numberOfPorts, `port ${index} of the range`)
    })

    it('listens at the address that it was given', async () => {
      await using server = await startServer(kind, { host: '127.0.0.77' })
      const { code, stderr } = await curl(server, '/')
      assert.equal(code, 0, stderr)
      const elsewhere = await curl({ ...server, host: '127.0.0.1' }, '/')
      assert.equal(elsewhere.code, 7, elsewhere.stderr)
    })

    if (can.reuse) {
      it('refuses a data connection that does not resume the TLS session, where it is required', async () => {
        await using strict = await startServer(kind, { tls: 'explicit', sessionReuse: 'required' })
        // Ours resumes by tickets alone, which curl takes with TLS 1.3 only.
        const version = ['--tls-max', kind === 'portolan' ? '1.3' : '1.2']
        const fresh = await curl(strict, '/', '--no-sessionid', ...version)
        assert.notEqual(fresh.code, 0, fresh.stderr)
        assert.match(fresh.stderr, /^> LIST/m)
        const resumed = await curl(strict, '/', ...version)
        assert.equal(resumed.code, 0, resumed.stderr)
        await using lenient = await startServer(kind, { tls: 'explicit' })
        const allowed = await curl(lenient, '/', '--no-sessionid', ...version)
        assert.equal(allowed.code, 0, allowed.stderr)
      })
    } else {
      it('says that it cannot require session reuse', async () => {
        await assert.rejects(startServer(kind, { tls: 'explicit', sessionReuse: 'required' }), RangeError)
      })
    }
  })
}
