import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { makeCertificate } from '../bench/certificate.ts'
import { type ClientCommand, startClientCommand } from './support/client-command.ts'
import { PASSWORD } from './support/embedded.ts'
import { runProgram } from './support/programs.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'

const NO_PASSWORD = { PORTOLAN_PASSWORD: '' }

describe('stored sites, prompts and TLS', () => {
  let scratch: Scratch
  let command: ClientCommand
  let authority = ''

  before(async () => {
    scratch = await makeScratch()
    const certificate = await makeCertificate(scratch.path, ['127.0.0.1'])
    authority = certificate.certificate
    command = await startClientCommand('anna', {
      settings: {
        listeners: [
          { name: 'plain', host: '127.0.0.1', port: 0 },
          { name: 'secure', host: '127.0.0.1', port: 0, tls: 'implicit' },
        ],
        tls: { certificate: certificate.certificate, key: certificate.key },
      },
    })
    await command.serve('file', 'content')
  })
  after(async () => {
    await command[Symbol.asyncDispose]()
    await scratch[Symbol.asyncDispose]()
  })

  const sitesFile = () => join(command.home, '.config', 'portolan', 'sites.json')

  it('a site keeps URL and flags, and stands in place of the URL', async () => {
    const added = await command.run(['sites', 'add', 'plain', command.url(), '--mode', 'auto', '--no-epsv'])
    assert.equal(added.code, 0, added.stderr)
    assert.deepEqual(await command.run(['cat', 'plain:file']), { code: 0, stdout: 'content', stderr: '' })
    const shown = await command.run(['sites', 'show', 'plain'])
    assert.match(
      shown.stdout,
      /^url {7}ftp:\/\/anna@127\.0\.0\.1:\d+\/\nflag {6}--mode auto\nflag {6}--no-epsv\n$/,
    )
    const verbose = await command.run(['ls', '-v', 'plain:'])
    assert.doesNotMatch(verbose.stderr, /> EPSV/)
    assert.match((await command.run(['ls', '-v', 'plain:', '--epsv'])).stderr, /> EPSV/)
  })

  it('a name that is there is replaced when that is asked for', async () => {
    await command.run(['sites', 'add', 'twice', command.url()])
    const again = await command.run(['sites', 'add', 'twice', command.url('sub')])
    assert.equal(again.code, 2)
    assert.match(again.stderr, /There is a site twice already: --replace/)
    assert.equal((await command.run(['sites', 'add', '--replace', 'twice', command.url('sub')])).code, 0)
    assert.match((await command.run(['sites', 'list'])).stdout, /^twice .*\/sub$/m)
  })

  it('passwords are stored only when that is asked for, and never shown', async () => {
    const { host, port } = command.server.at('plain')
    const url = `ftp://anna:${encodeURIComponent(PASSWORD)}@${host}:${port}/`
    const without = await command.run(['sites', 'add', 'no-password', url], { env: NO_PASSWORD })
    assert.match(without.stderr, /was not stored: --save-password does so/)
    assert.doesNotMatch(await readFile(sitesFile(), 'utf8'), /sesame/)
    assert.equal((await command.run(['sites', 'add', 'keeps', url, '--save-password'])).code, 0)
    assert.match(await readFile(sitesFile(), 'utf8'), /"password": "open sesame"/)
    assert.equal((await stat(sitesFile())).mode & 0o777, 0o600)
    const listed = await command.run(['cat', 'keeps:file'], { env: NO_PASSWORD })
    assert.deepEqual([listed.code, listed.stdout], [0, 'content'])
    for (const args of [['list'], ['list', '--json'], ['show', 'keeps'], ['show', 'keeps', '--json']]) {
      const { stdout, stderr } = await command.run(['sites', ...args])
      assert.match(stdout, /keeps|password {2}\*{4}/)
      assert.doesNotMatch(stdout + stderr, /sesame/)
    }
  })

  it('a site is forgotten', async () => {
    await command.run(['sites', 'add', 'gone', command.url()])
    assert.equal((await command.run(['sites', 'remove', 'gone'])).code, 0)
    const { code, stderr } = await command.run(['ls', 'gone:'])
    assert.equal(code, 2)
    assert.match(stderr, /There is no site gone: there are /)
    assert.equal((await command.run(['sites', 'remove', 'gone'])).code, 2)
  })

  describe('a terminal', { skip: process.platform !== 'linux' }, () => {
    const BIN = new URL('../packages/cli/bin/portolan.mjs', import.meta.url).pathname
    /** Runs a command on a terminal of its own, whose input it is. */
    const onTerminal = (words: string, input: string) =>
      runProgram('script', ['-qec', `${process.execPath} ${BIN} ${words}`, '/dev/null'], {
        cwd: command.cwd,
        env: { HOME: command.home, TERM: 'xterm' },
        input,
      })

    it('asks for the password and does not show it', async () => {
      const { code, stdout } = await onTerminal(`cat ${command.url('file')}`, `${PASSWORD}\n`)
      assert.equal(code, 0, stdout)
      assert.match(stdout, /Password of anna at 127\.0\.0\.1 \(not shown\):/)
      assert.match(stdout, /content/)
      // Before it is asked for, the terminal itself shows what is typed ahead.
      const [, answered = ''] = stdout.split('(not shown):')
      assert.doesNotMatch(answered, /sesame/)
    })

    it('shows bars while it works, and a line at the end', async () => {
      await command.serve('bars', Buffer.alloc(600_000))
      const { stdout } = await onTerminal(`get ${command.url('bars')} --limit 300kB`, `${PASSWORD}\n`)
      assert.match(stdout, /bars +█+░+ +\d+% .*left/)
      assert.match(stdout, /bars: 586 KiB in /)
    })
  })

  describe('TLS', () => {
    const secure = (path: string) => {
      const { host, port } = command.server.at('secure')
      return `ftps://anna@${host}:${port}/${path}`
    }

    it('a certificate that nobody vouches for is refused with 5', async () => {
      const { code, stderr } = await command.run(['cat', secure('file')])
      assert.equal(code, 5)
      assert.match(stderr, /certificate/)
    })

    it('--ca, --insecure and --tls explicit each let it through', async () => {
      const ways = [
        [secure('file'), '--ca', authority],
        [secure('file'), '--insecure'],
        [command.url('file'), '--tls', 'explicit', '--ca', authority],
        [command.url('file').replace('ftp:', 'ftpes:'), '--ca', authority],
      ]
      for (const way of ways) {
        const { code, stdout, stderr } = await command.run(['cat', ...way])
        assert.deepEqual([code, stdout], [0, 'content'], stderr)
      }
    })

    it('--pin: the fingerprint in the message is the one to give', async () => {
      const refused = await command.run(['cat', secure('file'), '--pin', 'ab'.repeat(32)])
      assert.equal(refused.code, 5)
      const [fingerprint = ''] = /[0-9A-F]{2}(?::[0-9A-F]{2}){31}|[0-9a-f]{64}/i.exec(refused.stderr) ?? []
      const pinned = await command.run(['cat', secure('file'), '--pin', fingerprint])
      assert.deepEqual([pinned.code, pinned.stdout], [0, 'content'], `${refused.stderr}${pinned.stderr}`)
    })
  })
})
