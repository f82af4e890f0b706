import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { servePortolan } from './support/command.ts'
import { folderOf, logIn, portFlags } from './support/command-checks.ts'
import { Dialogue } from './support/dialogue.ts'
import { freePorts } from './support/ports.ts'
import { mustSucceed, runProgram } from './support/programs.ts'
import { get, put } from './support/transfers.ts'

describe('portolan serve FOLDER', { concurrency: 2 }, () => {
  it('says where it is ready and nothing else, serves FOLDER as / and keeps nothing', async t => {
    const cwd = await folderOf(t)
    await mkdir(join(cwd, 'files'))
    await writeFile(join(cwd, 'files', 'here.txt'), 'here')
    await using serving = await servePortolan(
      ['files', '--user', 'a:b', '--user', 'r:x:y:ro', '--listen', '127.0.0.1:0', ...(await portFlags())],
      { cwd },
    )
    const [port] = serving.ports
    assert.ok(port)
    assert.deepEqual(serving.lines, [`ready ftp://127.0.0.1:${port}`])
    await using dialogue = await logIn(port, 'a', 'b')
    assert.equal((await get(dialogue, 'RETR here.txt')).toString(), 'here')
    await put(dialogue, 'STOR up.txt', 'up')
    await dialogue.quit()
    await using reader = await logIn(port, 'r', 'x:y')
    await reader.ask('EPSV', 229)
    await reader.ask('STOR no.txt', 550)
    assert.equal((await get(reader, 'RETR up.txt')).toString(), 'up')
    await reader.quit()
    const { code, stdout } = await serving.stop('SIGTERM')
    assert.equal(code, 0)
    assert.equal(stdout, `ready ftp://127.0.0.1:${port}\n`)
    assert.deepEqual(await readdir(cwd), ['files'])
    assert.deepEqual((await readdir(join(cwd, 'files'))).toSorted(), ['here.txt', 'up.txt'])
  })

  it('listens where it is told, one ready line for each listener', async t => {
    const cwd = await folderOf(t)
    await using serving = await servePortolan(
      [
        '.',
        '--anonymous',
        '--listen',
        '127.0.0.1:0',
        '--listen',
        '[::1]:0',
        '--implicit-tls',
        '127.0.0.1:0',
        '--tls-self-signed',
        ...(await portFlags()),
      ],
      { cwd, listeners: 3 },
    )
    const [first, second, third] = serving.ports
    assert.deepEqual(serving.lines, [
      `ready ftp://127.0.0.1:${first}`,
      `ready ftp://[::1]:${second}`,
      `ready ftps://127.0.0.1:${third}`,
    ])
    for (const target of [
      { host: '127.0.0.1', port: first ?? 0 },
      { host: '::1', port: second ?? 0 },
      { host: '127.0.0.1', port: third ?? 0, tlsFromStart: 'TLSv1.3' as const },
    ]) {
      await using dialogue = await Dialogue.begin(target)
      await dialogue.logIn('anonymous', 'me@example.com')
      assert.equal((await get(dialogue, 'NLST')).toString(), '')
      await dialogue.ask('MKD x', 550)
      await dialogue.quit()
    }
    const { code } = await serving.stop('SIGINT')
    assert.equal(code, 0)
  })

  it('never writes a password to its log', async t => {
    const cwd = await folderOf(t)
    await writeFile(join(cwd, 'debug.yaml'), 'log: { level: debug, format: json }\n')
    await using serving = await servePortolan(
      [
        '.',
        '--config',
        'debug.yaml',
        '--user',
        'a:correct-horse',
        '--listen',
        '127.0.0.1:0',
        ...(await portFlags()),
      ],
      { cwd },
    )
    const [port] = serving.ports
    assert.ok(port)
    await using dialogue = await logIn(port, 'a', 'correct-horse')
    await dialogue.quit()
    await using wrong = await Dialogue.begin({ host: '127.0.0.1', port })
    await wrong.ask('USER a', 331)
    await wrong.ask('PASS battery-staple', 530)
    await wrong.ask('ACCT battery-staple', 202)
    await wrong.quit()
    const { stderr } = await serving.stop()
    assert.match(stderr, /"verb":"PASS"/)
    assert.doesNotMatch(stderr, /correct-horse|battery-staple/)
  })

  it('tells figures for Prometheus', async t => {
    const cwd = await folderOf(t)
    const { basePort } = await freePorts(1)
    await using serving = await servePortolan(
      [
        '.',
        '--user',
        'a:b',
        '--listen',
        '127.0.0.1:0',
        '--metrics',
        `127.0.0.1:${basePort}`,
        ...(await portFlags()),
      ],
      { cwd },
    )
    const [port] = serving.ports
    assert.ok(port)
    await using dialogue = await logIn(port, 'a', 'b')
    await put(dialogue, 'STOR a.txt', '12345')
    const answer = await fetch(`http://127.0.0.1:${basePort}/metrics`)
    const text = await answer.text()
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(text, /^portolan_sessions 1$/m)
    assert.match(text, /^portolan_logins_total 1$/m)
    assert.match(text, /^portolan_transfer_bytes_total\{direction="upload"\} 5$/m)
    assert.match(
      text,
      /^portolan_transfers_total\{direction="upload",mode="passive",verdict="complete"\} 1$/m,
    )
    assert.match(text, /^portolan_passive_ports\{state="listening"\} 4$/m)
    assert.equal((await fetch(`http://127.0.0.1:${basePort}/`)).status, 404)
    await dialogue.quit()
  })
})

describe('portolan serve without anything', () => {
  it('makes a user at the first start, shows a line that works, and keeps all for the second', async t => {
    const cwd = await folderOf(t)
    await writeFile(join(cwd, 'README.md'), 'read me')
    const args = ['--listen', '127.0.0.1:0', ...(await portFlags())]
    const shown = await (async () => {
      await using serving = await servePortolan(args, { cwd })
      const screen = readScreen(serving.lines)
      assert.match(screen.Address ?? '', new RegExp(`^ftp://127\\.0\\.0\\.1:${serving.ports[0]}`))
      assert.match(screen.Files ?? '', /^\.\/data\//)
      assert.match(screen['Try it'] ?? '', /^curl /)
      const password = /^\S+/.exec(screen.Password ?? '')?.[0] ?? ''
      assert.ok(password.length >= 16, 'a password')
      const [program = '', ...curl] = (screen['Try it'] ?? '').split(' ')
      mustSucceed(program, await runProgram(program, curl, { cwd }))
      assert.equal(await readFile(join(cwd, screen.Files ?? '', 'README.md'), 'utf8'), 'read me')
      const { mode } = await stat(join(cwd, 'data', 'portolan.yaml'))
      assert.equal(mode & 0o077, 0, 'nobody else reads the settings')
      const { code } = await serving.stop()
      assert.equal(code, 0)
      return { user: screen.User ?? '', password, files: screen.Files ?? '' }
    })()

    await using again = await servePortolan(args, { cwd })
    const screen = readScreen(again.lines)
    assert.equal(screen.User, shown.user)
    assert.equal(screen.Files, shown.files)
    assert.equal(screen.Password, undefined)
    assert.ok(!again.lines.join('\n').includes(shown.password))
    await using dialogue = await logIn(again.ports[0] ?? 0, shown.user, shown.password)
    assert.equal((await get(dialogue, 'RETR README.md')).toString(), 'read me')
    await dialogue.quit()
  })
})

/** Rows of the screen by their names. */
function readScreen(lines: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(
    lines.flatMap(line => {
      const [, name, text] = /^ {2}(\S(?:.*?\S)?) {2,}(.*)$/.exec(line) ?? []
      return name === undefined ? [] : [[name, text]]
    }),
  )
}
