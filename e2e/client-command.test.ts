import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type ClientCommand, startClientCommand } from './support/client-command.ts'

const MODIFIED = new Date('2026-02-03T04:05:06Z')

describe('the commands of the client', () => {
  let command: ClientCommand
  let folders = 0
  /** A folder on the server that no other test has, and its URL with `/` at its end. */
  let folder = ''
  let url = ''

  before(async () => {
    command = await startClientCommand('anna')
  })
  after(() => command[Symbol.asyncDispose]())
  beforeEach(async () => {
    const name = `t${++folders}`
    folder = join(command.files, name)
    url = command.url(`${name}/`)
    await mkdir(join(folder, 'sub'), { recursive: true })
    await writeFile(join(folder, 'a.txt'), 'alpha\n')
    await writeFile(join(folder, 'b.csv'), 'x,y\n')
    await writeFile(join(folder, '.hidden'), '')
    await utimes(join(folder, 'a.txt'), MODIFIED, MODIFIED)
  })

  describe('ls', () => {
    it('prints names in order, hidden ones with -a', async () => {
      assert.deepEqual(await command.run(['ls', url]), { code: 0, stdout: 'a.txt\nb.csv\nsub\n', stderr: '' })
      assert.equal((await command.run(['ls', '-a', url])).stdout, '.hidden\na.txt\nb.csv\nsub\n')
    })

    it('prints what is known with -l, in columns', async () => {
      const { stdout } = await command.run(['ls', '-l', url])
      const [file = '', , sub = ''] = stdout.split('\n')
      assert.match(file, /^-rw-r--r-- .* {2}6 {2}2026-02-03T04:05:06Z {2}a\.txt$/)
      assert.match(sub, /^drwxr-xr-x .* {2}sub$/)
      assert.equal(file.indexOf('a.txt'), sub.indexOf('sub'))
    })

    it('lists a file, a pattern, and several with headings', async () => {
      assert.equal((await command.run(['ls', `${url}a.txt`])).stdout, 'a.txt\n')
      assert.equal((await command.run(['ls', `${url}*.csv`])).stdout, 'b.csv\n')
      const { stdout } = await command.run(['ls', `${url}sub`, `${url}a.txt`])
      assert.match(stdout, /^t\d+\/sub:\n\nt\d+\/a\.txt:\na\.txt\n$/)
    })

    it('tells in one line what does not exist, and lists the others', async () => {
      const { code, stdout, stderr } = await command.run(['ls', `${url}none`, url])
      assert.equal(code, 1)
      assert.match(stdout, /a\.txt/)
      assert.match(stderr, /^portolan: .*none.*550.*\n$/)
    })
  })

  describe('get', () => {
    it('fetches files and patterns into the current folder, with their times', async () => {
      const { code, stdout, stderr } = await command.run(['get', `${url}a.txt`, `${url}*.csv`])
      assert.deepEqual([code, stdout], [0, ''])
      assert.match(stderr, /a\.txt: 6 B in .*\n(.*\n)*2 files, 10 B in/)
      assert.equal(await command.read('a.txt'), 'alpha\n')
      assert.equal(await command.read('b.csv'), 'x,y\n')
      assert.equal((await stat(join(command.cwd, 'a.txt'))).mtimeMs, MODIFIED.getTime())
    })

    it('writes to where -o says: a file, a folder, standard output', async () => {
      await mkdir(join(command.cwd, 'into'), { recursive: true })
      assert.equal((await command.run(['get', `${url}a.txt`, '-o', 'named'])).code, 0)
      assert.equal(await command.read('named'), 'alpha\n')
      assert.equal((await command.run(['get', `${url}a.txt`, `${url}b.csv`, '-o', 'into'])).code, 0)
      assert.deepEqual(await readdir(join(command.cwd, 'into')), ['a.txt', 'b.csv'])
      const both = await command.run(['get', '-q', `${url}a.txt`, `${url}b.csv`, '-o', '-'])
      assert.deepEqual(both, { code: 0, stdout: 'alpha\nx,y\n', stderr: '' })
    })

    it('fetches folders with -r', async () => {
      await writeFile(join(folder, 'sub', 'deep'), 'deep')
      assert.equal((await command.run(['get', '-r', url, '-o', 'tree'])).code, 0)
      const name = folder.split('/').at(-1) ?? ''
      assert.equal(await command.read(join('tree', name, 'sub', 'deep')), 'deep')
    })

    it('turns line ends with ;type=a', async () => {
      await writeFile(join(folder, 'text'), 'one\ntwo\n')
      const { stdout } = await command.run(['get', `${url}text;type=a`, '-o', '-'])
      assert.equal(stdout, 'one\ntwo\n')
    })

    it('fetches what is there, tells what is not, and ends with 1', async () => {
      const { code, stderr } = await command.run(['get', `${url}none`, `${url}a.txt`, '-o', command.cwd])
      assert.equal(code, 1)
      assert.match(stderr, /portolan: .*none.*550/)
      assert.match(stderr, /1 file, 6 B .*; 1 failed/)
    })

    it('leaves nothing under the final name of what failed', async () => {
      assert.equal((await command.run(['get', `${url}none`])).code, 1)
      assert.ok(!(await readdir(command.cwd)).includes('none'))
    })
  })

  describe('put', () => {
    it('sends files to a name, into a folder by its slash, and into one that exists', async () => {
      await writeFile(join(command.cwd, 'up 1'), 'one')
      await writeFile(join(command.cwd, 'up2'), 'two')
      assert.equal((await command.run(['put', 'up 1', `${url}renamed`])).code, 0)
      assert.equal((await command.run(['put', 'up 1', 'up2', url])).code, 0)
      assert.equal((await command.run(['put', 'up2', `${url}sub`])).code, 0)
      assert.equal((await command.run(['put', '--parents', 'up2', `${url}new/folder/x`])).code, 0)
      for (const [path, content] of [
        ['renamed', 'one'],
        ['up 1', 'one'],
        ['up2', 'two'],
        ['sub/up2', 'two'],
        ['new/folder/x', 'two'],
      ] as const)
        assert.equal(await readFile(join(folder, path), 'utf8'), content, path)
    })

    it('sends standard input, whole', async () => {
      const input = 'line\n'.repeat(50_000)
      assert.equal((await command.run(['put', '-', `${url}piped`], { input })).code, 0)
      assert.equal(await readFile(join(folder, 'piped'), 'utf8'), input)
    })

    it('appends, resumes, and sends under a temporary name', async () => {
      await writeFile(join(command.cwd, 'long'), 'alpha\nomega\n')
      assert.equal((await command.run(['put', '--append', 'long', `${url}b.csv`])).code, 0)
      assert.equal(await readFile(join(folder, 'b.csv'), 'utf8'), 'x,y\nalpha\nomega\n')
      const resumed = await command.run(['put', '--resume', 'long', `${url}a.txt`])
      assert.match(resumed.stderr, /6 B were there/)
      assert.equal(await readFile(join(folder, 'a.txt'), 'utf8'), 'alpha\nomega\n')
      assert.equal((await command.run(['put', '--atomic', '--verify', 'size', 'long', `${url}c`])).code, 0)
      assert.deepEqual((await readdir(folder)).toSorted(), ['.hidden', 'a.txt', 'b.csv', 'c', 'sub'])
    })

    it('sends folders with -r, and says so without', async () => {
      await mkdir(join(command.cwd, 'tree', 'deep'), { recursive: true })
      await writeFile(join(command.cwd, 'tree', 'deep', 'f'), 'f')
      const refused = await command.run(['put', 'tree', url])
      assert.equal(refused.code, 1)
      assert.match(refused.stderr, /Cannot send tree: it is a folder, for which there is -r/)
      assert.equal((await command.run(['put', '-r', 'tree', url])).code, 0)
      assert.equal(await readFile(join(folder, 'tree', 'deep', 'f'), 'utf8'), 'f')
    })

    it('tells a local file that is missing', async () => {
      const { code, stderr } = await command.run(['put', 'missing', url])
      assert.equal(code, 1)
      assert.match(stderr, /missing: it does not exist/)
    })
  })

  it('cat: files one after the other, and tells which is missing', async () => {
    const { code, stdout, stderr } = await command.run(['cat', `${url}a.txt`, `${url}none`, `${url}b.csv`])
    assert.deepEqual([code, stdout], [1, 'alpha\nx,y\n'])
    assert.match(stderr, /none.*550/)
  })

  it('rm: files, folders with -r and the hint without', async () => {
    const refused = await command.run(['rm', `${url}sub`])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /\n {2}If it is a folder: -r removes folders\.\n$/)
    await writeFile(join(folder, 'sub', 'f'), '')
    assert.equal((await command.run(['rm', '-r', `${url}sub`, `${url}b.csv`])).code, 0)
    assert.equal((await command.run(['rm', `${url}a.txt`])).code, 0)
    assert.deepEqual(await readdir(folder), ['.hidden'])
  })

  it('rm: wildcards stand for themselves', async () => {
    assert.equal((await command.run(['rm', `${url}*`])).code, 1)
    assert.equal((await readdir(folder)).length, 4)
  })

  it('mkdir: folders, those above with --parents and the hint without', async () => {
    assert.equal((await command.run(['mkdir', `${url}one`])).code, 0)
    const refused = await command.run(['mkdir', `${url}x/y`])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /With --parents/)
    assert.equal((await command.run(['mkdir', '-p', `${url}x/y`, `${url}one`])).code, 0)
    assert.ok((await stat(join(folder, 'x', 'y'))).isDirectory())
  })

  it('mv: to a path, into a folder, to a URL of the same server', async () => {
    const name = folder.split('/').at(-1)
    assert.equal((await command.run(['mv', `${url}a.txt`, `${name}/sub/`])).code, 0)
    assert.equal((await command.run(['mv', `${url}sub/a.txt`, `/${name}/z`])).code, 0)
    assert.equal((await command.run(['mv', `${url}z`, `${url}zz`])).code, 0)
    assert.equal(await readFile(join(folder, 'zz'), 'utf8'), 'alpha\n')
    assert.equal((await command.run(['mv', `${url}none`, 'x'])).code, 1)
    const elsewhere = await command.run(['mv', `${url}zz`, 'ftp://other/x'])
    assert.equal(elsewhere.code, 2)
    assert.match(elsewhere.stderr, /mv works within one server/)
  })

  it('stat: one line for each thing that is known', async () => {
    const { code, stdout } = await command.run(['stat', `${url}a.txt`])
    assert.equal(code, 0)
    assert.match(stdout, /^kind {6}file$/m)
    assert.match(stdout, /^size {6}6$/m)
    assert.match(stdout, /^modified {2}2026-02-03T04:05:06Z$/m)
    assert.equal((await command.run(['stat', `${url}none`])).code, 1)
  })

  it('checksum: as sha256sum prints it, by the algorithm that was asked for', async () => {
    const { code, stdout } = await command.run(['checksum', `${url}a.txt`])
    assert.equal(code, 0)
    assert.match(stdout, /^[0-9a-f]{64} {2}t\d+\/a\.txt\n$/)
    assert.match(
      (await command.run(['checksum', '--algorithm', 'md5', `${url}a.txt`])).stdout,
      /^[0-9a-f]{32} /,
    )
    assert.equal((await command.run(['checksum', '--algorithm', 'rot13', `${url}a.txt`])).code, 2)
    assert.equal((await command.run(['checksum', `${url}none`])).code, 1)
  })

  it('mirror: both ways, plans, deletes, and adds up', async () => {
    const plan = await command.run(['mirror', '--dry-run', url, 'copy'])
    assert.match(plan.stdout, /^download +6 B {2}a\.txt/m)
    assert.match(plan.stderr, /^Would be: 3 files transferred/m)
    assert.ok(!(await readdir(command.cwd)).includes('copy'))
    const down = await command.run(['mirror', url, 'copy'])
    assert.equal(down.code, 0)
    assert.match(down.stderr, /3 files transferred \(10 B\), 0 unchanged/)
    assert.match(
      (await command.run(['mirror', url, 'copy'])).stderr,
      /0 files transferred \(0 B\), 3 unchanged/,
    )
    await writeFile(join(command.cwd, 'copy', 'new'), 'n')
    assert.equal((await command.run(['mirror', 'copy', url, '--exclude', '*.csv'])).code, 0)
    assert.equal(await readFile(join(folder, 'new'), 'utf8'), 'n')
    await writeFile(join(folder, 'extra'), '')
    const deleted = await command.run(['mirror', 'copy', url, '--delete'])
    assert.match(deleted.stderr, /1 deleted/)
    assert.ok(!(await readdir(folder)).includes('extra'))
  })

  it('mirror: a source that is missing is one failure', async () => {
    const { code, stderr } = await command.run(['mirror', `${url}none`, 'nothing'])
    assert.equal(code, 1)
    assert.match(stderr, /none/)
  })

  it('fxp: one server, from one path to another; a file that is missing is told', async () => {
    const copied = await command.run(['fxp', `${url}a.txt`, `${url}copy.txt`])
    if (copied.code === 0) assert.equal(await readFile(join(folder, 'copy.txt'), 'utf8'), 'alpha\n')
    else assert.match(copied.stderr, /servers do not connect to one another/)
    assert.equal((await command.run(['fxp', `${url}none`, `${url}x`])).code, 1)
    assert.equal((await command.run(['fxp', 'a.txt', `${url}x`])).code, 2)
  })
})
