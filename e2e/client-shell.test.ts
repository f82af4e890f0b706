import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type ClientCommand, startClientCommand } from './support/client-command.ts'
import { PASSWORD } from './support/embedded.ts'

describe('portolan shell', () => {
  let command: ClientCommand
  before(async () => {
    command = await startClientCommand('anna')
    await command.serve('a b.txt', 'blank\n')
    await command.serve('c.csv', 'c\n')
    await writeFile(join(command.cwd, 'up.txt'), 'up\n')
  })
  after(() => command[Symbol.asyncDispose]())

  const shell = (lines: readonly string[], ...flags: string[]) =>
    command.run(['shell', ...flags, command.url()], { input: `${lines.join('\n')}\n` })

  it('does what the lines of standard input say', async () => {
    const { code, stdout, stderr } = await shell([
      'pwd',
      '# a comment, then an empty line',
      '',
      'mkdir "new folder"',
      'cd new\\ folder',
      'pwd',
      'put up.txt',
      'mv up.txt "up 2.txt"',
      "cat 'up 2.txt'",
      'stat "up 2.txt"',
      'checksum --algorithm crc32 "up 2.txt"',
      'chmod 600 "up 2.txt"',
      'ls -l',
      'cd ..',
      'rm -r "new folder"',
      'ls',
      'raw noop',
    ])
    assert.equal(code, 0, stderr)
    const lines = stdout.split('\n')
    assert.deepEqual(lines.slice(0, 3), ['/', '/new folder', 'up'])
    assert.ok(lines.some(line => /^[0-9a-f]{8} {2}up 2\.txt$/.test(line)))
    assert.ok(lines.some(line => /^-rw------- .*up 2\.txt$/.test(line)))
    assert.deepEqual(lines.slice(-4, -2), ['a b.txt', 'c.csv'])
    assert.match(lines.at(-2) ?? '', /^200 /)
  })

  it('fetches into the local folder, which lcd changes', async () => {
    const { code, stderr } = await shell(['lcd ..', 'lcd cwd', 'get "a b.txt" *.csv', 'get c.csv -o d.csv'])
    assert.equal(code, 0, stderr)
    assert.equal(await command.read('a b.txt'), 'blank\n')
    assert.equal(await command.read('d.csv'), 'c\n')
  })

  it('mirrors both ways', async () => {
    const { code, stderr } = await shell(['mirror . down', 'mirror --up down up'])
    assert.equal(code, 0, stderr)
    assert.equal(await readFile(join(command.files, 'up', 'c.csv'), 'utf8'), 'c\n')
  })

  it('stops at the first line that fails, with its exit code', async () => {
    const failing: [line: string, code: number][] = [
      ['cat none', 1],
      ['foo', 2],
      ['get', 2],
      ['ls --bad', 2],
      ['cat "a', 2],
      ['raw RETR c.csv', 2],
      ['raw FOO', 1],
      ['chmod rwx c.csv', 2],
      ['open ftp://127.0.0.1:1/', 5],
      ['lcd none', 2],
    ]
    for (const [line, expected] of failing) {
      const { code, stdout, stderr } = await shell([line, 'pwd'], '--retries', '0')
      assert.deepEqual([code, stdout], [expected, ''], `${line}: ${stderr}`)
      assert.notEqual(stderr, '')
    }
  })

  it('goes on with -k, and ends with 1', async () => {
    const { code, stdout } = await shell(['cat none', 'cat c.csv', 'exit', 'cat c.csv'], '-k')
    assert.deepEqual([code, stdout], [1, 'c\n'])
  })

  it('opens and closes connections; without one it says so', async () => {
    const lines = ['ls', `open ${command.url()}`, 'ls', 'close', 'ls']
    const { stdout, stderr } = await command.run(['shell', '-k'], { input: `${lines.join('\n')}\n` })
    assert.match(stdout, /c\.csv/)
    assert.equal(stderr.match(/There is no connection: open URL makes one/g)?.length, 2, stderr)
  })

  it('help tells every command, and how one is used', async () => {
    const { stdout } = await shell(['help', 'help get', 'get --help'])
    for (const name of ['ls, dir', 'get, mget', 'raw, quote', 'exit, quit'])
      assert.match(stdout, new RegExp(`^${name} `, 'm'))
    assert.match(stdout, /Usage: get \[options\] <path\.\.\.>/)
  })

  it('a login that is refused ends it with 3', async () => {
    const env = { PORTOLAN_PASSWORD: 'wrong' }
    assert.equal((await command.run(['shell', command.url()], { input: 'ls\n', env })).code, 3)
  })

  it('on a terminal: a prompt, Tab, history without passwords', {
    skip: process.platform !== 'linux',
  }, async () => {
    const { host, port } = command.server.at()
    const running = command.start(['shell', command.url()], { terminal: true })
    await running.shows(/\/> /)
    running.type(`open ftp://anna:${encodeURIComponent(PASSWORD)}@${host}:${port}/up\n`)
    await running.shows(/\/up> /)
    running.type('cat c\t')
    await running.shows(/c\.csv/)
    running.type('\n')
    await running.shows(/^c\r$/m)
    running.type('exit\n')
    assert.equal(await running.ended, 0, running.stdout())
    assert.doesNotMatch(running.stdout(), /can be seen by others/)
    const history = join(command.home, '.local', 'state', 'portolan', 'history')
    const lines = (await readFile(history, 'utf8')).trimEnd().split('\n')
    assert.ok(lines.includes('exit') && lines.some(line => line.trim() === 'cat c.csv'), lines.join())
    assert.ok(!lines.join().includes('sesame'))
    assert.equal((await stat(history)).mode & 0o777, 0o600)
    assert.ok((await readdir(join(command.home, '.local', 'state', 'portolan'))).length === 1)
  })
})
