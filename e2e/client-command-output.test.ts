import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type ClientCommand, startClientCommand } from './support/client-command.ts'
import { PASSWORD } from './support/embedded.ts'
import { runProgram } from './support/programs.ts'

const BIG = 4 * 1024 * 1024

let command: ClientCommand
before(async () => {
  command = await startClientCommand('anna')
  await command.serve('small', 'small\n')
  await command.serve('big', Buffer.alloc(BIG, 'portolan '))
  await command.serve('list', 'x'.repeat(100_000))
})
after(() => command[Symbol.asyncDispose]())

describe('words that cannot be used end with 2 and say in a line what can', () => {
  const table: { args: string[]; err: RegExp }[] = [
    { args: ['get'], err: /missing required argument 'url'/ },
    { args: ['get', 'file'], err: /use ftp:\/\/, ftps:\/\/ .* or ftpes:\/\// },
    { args: ['get', 'http://h/x'], err: /use ftp:\/\// },
    { args: ['get', 'ftp://h:0/x'], err: /from 1 to 65535/ },
    { args: ['get', 'ftp://h/'], err: /is a folder: fetch it with -r/ },
    { args: ['get', 'nosite:x'], err: /There is no site nosite: none is stored/ },
    { args: ['get', 'ftp://h/x', '--mode', 'fast'], err: /--mode is passive, active or auto/ },
    { args: ['get', 'ftp://h/x', '--limit', 'x', '--tls', 'y'], err: /--tls is off.*\n.*--limit is bytes/s },
    { args: ['get', 'ftp://h/x', '--lmit', '1'], err: /unknown option '--lmit'\n\(Did you mean --limit\?\)/ },
    { args: ['get', 'ftp://h/x', '--pasv-address', 'x'], err: /use control, auto, server or an IP address/ },
    { args: ['get', 'ftp://h/x', '--proxy', 'ftp://p'], err: /socks5:\/\// },
    { args: ['get', 'ftp://h/x', '--parallel', '0'], err: /--parallel is a whole number from 1 to 64/ },
    { args: ['get', 'ftp://h/a/x', 'ftp://h/b/x'], err: /Two files would be written to x/ },
    { args: ['get', 'ftp://h/x', 'ftp://h/y', '-o', 'z'], err: /has to be a folder that exists/ },
    { args: ['get', 'ftp://h/x', '-o', 'none/z'], err: /There is no folder .*none: make it first/ },
    { args: ['get', 'ftp://h/x', '-o', '-', '--json'], err: /would both write to standard output/ },
    { args: ['get', 'ftp://a@h/x', '--user', 'a:b'], err: /--user is the name alone/ },
    { args: ['put', 'ftp://h/x'], err: /missing required argument 'file-or-url'/ },
    { args: ['put', 'a', 'b'], err: /has to say where the files go/ },
    {
      args: ['put', 'a', 'ftp://h/x', '--append', '--atomic'],
      err: /--append and --atomic do not go together/,
    },
    { args: ['put', '-', 'ftp://h/x/'], err: /needs a name/ },
    { args: ['rm', 'ftp://h/'], err: /rm needs a path/ },
    { args: ['mirror', 'a', 'b'], err: /has to be on a server/ },
    { args: ['mirror', 'ftp://h/a', 'ftp://h/b'], err: /needs one local folder: fxp/ },
    { args: ['mirror', 'ftp://h/a', 'b', '--compare', 'size+time'], err: /--compare is size-time, / },
    { args: ['sites', 'show', 'none'], err: /There is no site none/ },
    { args: ['sites', 'add', 'c', 'ftp://h'], err: /cannot be the name of a site/ },
  ]
  for (const { args, err } of table) {
    it(`portolan ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await command.run(args)
      assert.equal(code, 2, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, err)
      assert.doesNotMatch(stderr, /^\s+at /m)
    })
  }
})

describe('exit codes', () => {
  it('3: the login was refused, and is not tried again for every file', async () => {
    const { code, stderr } = await command.run(['get', command.url('small'), command.url('big')], {
      env: { PORTOLAN_PASSWORD: 'wrong' },
    })
    assert.equal(code, 3)
    assert.equal(stderr.match(/login of anna was refused: 530/g)?.length, 1, stderr)
  })

  it('4: no data connection can be had', async () => {
    const flags = ['--mode', 'passive', '--pasv-address', '127.0.0.9', '--no-epsv', '--retries', '0']
    const { code, stderr } = await command.run(['ls', command.url(), ...flags])
    assert.equal(code, 4, stderr)
  })

  it('5: nothing listens there', async () => {
    const { code, stderr } = await command.run(['ls', 'ftp://127.0.0.1:1/', '--retries', '0'])
    assert.equal(code, 5)
    assert.match(stderr, /127\.0\.0\.1/)
  })

  it('5: what answers is no FTP server', async () => {
    const server = createServer(socket => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    try {
      const { code } = await command.run(['ls', `ftp://127.0.0.1:${port}/`, '--retries', '0'])
      assert.equal(code, 5)
    } finally {
      server.close()
    }
  })
})

describe('--json', () => {
  const events = (text: string): Record<string, unknown>[] =>
    text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))

  it('get: a start, progress, an end for each file, and a summary; nothing on standard error', async () => {
    const { code, stdout, stderr } = await command.run([
      'get',
      '--json',
      command.url('small'),
      command.url('no'),
    ])
    assert.deepEqual([code, stderr], [1, ''])
    const all = events(stdout)
    const { ms, to, ...done } = all.find(({ event }) => event === 'done') ?? {}
    assert.deepEqual(
      [typeof ms, to, done],
      [
        'number',
        join(command.cwd, 'small'),
        { ...done, event: 'done', name: 'small', direction: 'download', bytes: 6, resumedAt: 0 },
      ],
    )
    const failed = all.find(({ event }) => event === 'failed')
    assert.equal(failed?.code, 'FTP_REPLY')
    assert.equal(failed?.exit, 1)
    assert.match(String(failed?.message), /550/)
    const { ms: _ms, ...summary } = all.at(-1) ?? {}
    assert.deepEqual(summary, {
      event: 'summary',
      done: 1,
      files: 1,
      failed: 1,
      notTried: 0,
      bytes: 6,
      exit: 1,
    })
    assert.ok(all.some(({ event }) => event === 'start'))
    assert.ok(all.some(({ event, about }) => event === 'decision' && about === 'mode'))
  })

  it('get: progress while it lasts, with the rate', async () => {
    const flags = ['--limit', '2MiB', '-o', 'throttled', '--json']
    const { stdout } = await command.run(['get', ...flags, command.url('big')])
    const progress = events(stdout).filter(({ event }) => event === 'progress')
    assert.ok(progress.length >= 2, stdout)
    for (const { bytes, total } of progress) assert.ok(Number(bytes) <= BIG && total === BIG)
    assert.ok(Number(progress.at(-1)?.rate) > 0)
  })

  it('ls and checksum: what was asked for', async () => {
    const listed = events((await command.run(['ls', '--json', command.url()])).stdout)
    const small = listed.find(({ name }) => name === 'small')
    assert.deepEqual([small?.event, small?.kind, small?.size], ['entry', 'file', 6])
    assert.match(String(small?.modified), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const [sum] = events((await command.run(['checksum', '--json', command.url('small')])).stdout).filter(
      ({ event }) => event === 'checksum',
    )
    assert.deepEqual([sum?.algorithm, String(sum?.hash).length], ['SHA-256', 64])
  })
})

describe('passwords', () => {
  const secret = PASSWORD.split(' ').join('.')

  it('are in no log and no output, wherever they come from', async () => {
    const { host, port } = command.server.at()
    const url = `ftp://anna:${encodeURIComponent(PASSWORD)}@${host}:${port}/small`
    const args = ['get', '-v', '--log', 'session.log', url, '-o', 'logged']
    const { code, stdout, stderr } = await command.run(args, { env: { PORTOLAN_PASSWORD: '' } })
    assert.equal(code, 0, stderr)
    const log = await command.read('session.log')
    assert.match(stderr, /^> PASS \*{4}$/m)
    assert.match(stderr, /^< 230 /m)
    assert.match(stderr, /^= Data connections go by EPSV\.$/m)
    const lines = log.trimEnd().split('\n')
    assert.ok(lines.some(line => JSON.parse(line).line === 'PASS ****'))
    for (const text of [stdout, stderr, log])
      assert.doesNotMatch(text, new RegExp(`${secret}|${encodeURIComponent(PASSWORD)}`))
    assert.equal((await stat(join(command.cwd, 'session.log'))).mode & 0o777, 0o600)
  })

  it('in a URL are gone from the list of processes while it runs', {
    skip: process.platform !== 'linux',
  }, async () => {
    const { host, port } = command.server.at()
    const url = `ftp://anna:${encodeURIComponent(PASSWORD)}@${host}:${port}/big`
    const running = command.start(['get', '-v', url, '--limit', '200kB', '-o', 'hidden'])
    await running.shows(/RETR/)
    const shown = await readFile(`/proc/${running.child.pid}/cmdline`, 'utf8')
    running.child.kill('SIGTERM')
    await running.ended
    assert.doesNotMatch(shown, /open.*sesame/)
  })

  it('come from --password-file, from .netrc with a word about its mode, and from a prompt', async () => {
    const env = { PORTOLAN_PASSWORD: '' }
    await writeFile(join(command.cwd, 'secret'), `${PASSWORD}\nmore\n`)
    const byFile = await command.run(['ls', command.url(), '--password-file', 'secret'], { env })
    assert.equal(byFile.code, 0, byFile.stderr)
    const { host, port } = command.server.at()
    const netrc = join(command.home, '.netrc')
    await writeFile(netrc, `machine ${host} login anna password "${PASSWORD}"\n`)
    await chmod(netrc, 0o644)
    const byNetrc = await command.run(['ls', `ftp://${host}:${port}/`], { env })
    assert.equal(byNetrc.code, 0, byNetrc.stderr)
    assert.match(byNetrc.stdout, /^small$/m)
    assert.match(byNetrc.stderr, /^warning: .*\.netrc holds passwords and others can read it: run chmod 600/)
    await chmod(netrc, 0o600)
    assert.equal((await command.run(['ls', `ftp://${host}:${port}/`], { env })).stderr, '')
    const refused = await command.run(['ls', command.url(), '--no-netrc'], { env })
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /There is no password for anna at 127\.0\.0\.1: give it by --password-file/)
  })
})

describe('pipes', () => {
  const shell = (script: string) =>
    runProgram('bash', ['-c', script, 'bash', process.execPath, BIN, command.url('big'), command.url()], {
      cwd: command.cwd,
      env: { HOME: command.home, PORTOLAN_PASSWORD: PASSWORD },
    })
  const BIN = new URL('../packages/cli/bin/portolan.mjs', import.meta.url).pathname

  for (const verb of ['cat', 'get -o -']) {
    it(`${verb}: whoever reads it may stop reading`, async () => {
      const { stdout, stderr } = await shell(`"$1" "$2" ${verb} "$3" | head -c 10; echo " \${PIPESTATUS[0]}"`)
      assert.equal(stdout, 'portolan p 0\n')
      assert.equal(stderr, '')
    })
  }

  it('what is read from one server goes to another without a file', async () => {
    const { stdout, stderr } = await shell('"$1" "$2" cat "$3" | "$1" "$2" put - "$4"piped; echo $?')
    assert.equal(stdout, '0\n', stderr)
    assert.equal((await stat(join(command.files, 'piped'))).size, BIG)
  })
})

describe('Ctrl-C', () => {
  it('stops a download, keeps the part, says how to go on, and the same command does', async () => {
    const args = ['get', command.url('big'), '--limit', '500kB', '-v', '-o', 'stopped']
    const running = command.start(args)
    await running.shows(/RETR big/)
    // Some of it has to be there: the part says so.
    const part = await partOf('stopped')
    running.child.kill('SIGINT')
    assert.equal(await running.ended, 130, running.stderr())
    const [, at] =
      /^Stopped\. The part is kept: run the same command again to go on at byte (\d+)\.$/m.exec(
        running.stderr(),
      ) ?? []
    assert.ok(Number(at) > 0, running.stderr())
    assert.ok((await stat(join(command.cwd, part))).size > 0)
    assert.ok(!(await readdir(command.cwd)).includes('stopped'))
    const { code, stderr } = await command.run(['get', command.url('big'), '-o', 'stopped'])
    assert.equal(code, 0, stderr)
    assert.match(stderr, / were there$/m)
    assert.ok(
      (await readFile(join(command.cwd, 'stopped'))).equals(await readFile(join(command.files, 'big'))),
    )
  })

  it('SIGTERM does so with 143; an upload goes on with --resume', async () => {
    await writeFile(join(command.cwd, 'up'), Buffer.alloc(BIG, 'u'))
    const running = command.start(['put', 'up', command.url('up'), '--limit', '500kB', '-v'])
    await running.shows(/STOR up/)
    await growing(join(command.files, 'up'))
    running.child.kill('SIGTERM')
    assert.equal(await running.ended, 143, running.stderr())
    assert.match(running.stderr(), /run the same command again with --resume to go on at byte \d+\./)
    const { code, stderr } = await command.run(['put', '--resume', 'up', command.url('up')])
    assert.equal(code, 0, stderr)
    assert.ok((await readFile(join(command.files, 'up'))).equals(await readFile(join(command.cwd, 'up'))))
  })

  it('stops a mirror, and the same command goes on with it', async () => {
    const args = ['mirror', command.url(), 'stopped-mirror', '--include', 'big', '--limit', '500kB', '-v']
    const running = command.start(args)
    await running.shows(/RETR big/)
    await partOf('big', 'stopped-mirror')
    running.child.kill('SIGINT')
    assert.equal(await running.ended, 130, running.stderr())
    assert.match(running.stderr(), /run the same command again to go on at byte \d+\.$/m)
    const { code, stderr } = await command.run(args.slice(0, 5))
    assert.equal(code, 0, stderr)
    const mirrored = await readFile(join(command.cwd, 'stopped-mirror', 'big'))
    assert.ok(mirrored.equals(await readFile(join(command.files, 'big'))))
  })

  it('a second one ends at once, whatever the server does', async () => {
    await using silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : 0
    const running = command.start(['ls', `ftp://127.0.0.1:${port}/`])
    await once(silent, 'connection')
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    const code = await running.ended
    // The second may come when the first has done its work: then it is the system that ends it, which shells tell as 130, too.
    assert.ok(code === 130 || running.child.signalCode === 'SIGINT', `${code}`)
  })

  /** The name of the part of a download, once it has bytes. */
  async function partOf(name: string, below = '.'): Promise<string> {
    const folder = join(command.cwd, below)
    for (;;) {
      const names = await readdir(folder).catch(() => [])
      const part = names.find(one => one.startsWith(`.${name}.`))
      if (part !== undefined && (await stat(join(folder, part))).size > 0) return part
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async function growing(path: string): Promise<void> {
    for (;;) {
      const size = await stat(path).then(
        stats => stats.size,
        () => 0,
      )
      if (size > 0) return
      await new Promise(resolve => setImmediate(resolve))
    }
  }
})

describe('names with control characters', { skip: process.platform === 'win32' }, () => {
  const NAME = 'x\x1b[2J\u202e.txt'
  before(() => command.serve(NAME, ''))

  it('go into a pipe as they are', async () => {
    assert.ok((await command.run(['ls', command.url()])).stdout.includes(`${NAME}\n`))
  })

  it('do nothing to a terminal', async () => {
    const running = command.start(['ls', '-l', command.url()], { terminal: true })
    assert.equal(await running.ended, 0)
    assert.match(running.stdout(), /x\\x1b\[2J\\u202e\.txt/)
    assert.ok(!running.stdout().includes('\x1b[2J'))
  })

  it('do nothing to a terminal in the line of what was fetched', async () => {
    const running = command.start(['get', command.url('x*.txt')], { terminal: true })
    assert.equal(await running.ended, 0)
    assert.match(running.stdout(), /x\\x1b\[2J\\u202e\.txt: 0 B/)
    assert.ok(!running.stdout().includes('\x1b[2J'))
  })
})

it('a file that became shorter is fetched anew rather than mixed', async () => {
  await command.serve('changing', 'a'.repeat(100_000))
  assert.equal((await command.run(['get', '-q', command.url('changing')])).code, 0)
  await truncate(join(command.files, 'changing'), 10)
  assert.equal((await command.run(['get', '-q', command.url('changing')])).code, 0)
  assert.equal(await command.read('changing'), 'a'.repeat(10))
})
