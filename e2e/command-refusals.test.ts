import assert from 'node:assert/strict'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runPortolan } from './support/command.ts'
import { assertOneLine, assertRefused, folderOf, portFlags } from './support/command-checks.ts'
import { mustSucceed, runProgram } from './support/programs.ts'

describe('portolan serve that cannot start', { concurrency: 2 }, () => {
  it('names a port that is in use', async t => {
    const cwd = await folderOf(t)
    await using taken = createServer()
    await new Promise<void>(resolve => taken.listen({ host: '127.0.0.1', port: 0 }, resolve))
    const address = taken.address()
    assert.ok(address && typeof address === 'object')
    const at = `127.0.0.1:${address.port}`
    const result = await runPortolan(
      ['serve', '.', '--user', 'a:b', '--listen', at, ...(await portFlags())],
      {
        cwd,
      },
    )
    assertRefused(result, new RegExp(`${at}.*another program`))
    assertOneLine(result)
    const metrics = await runPortolan(
      ['serve', '.', '--user', 'a:b', '--listen', '127.0.0.1:0', '--metrics', at, ...(await portFlags())],
      { cwd },
    )
    assertRefused(metrics, new RegExp(at))
    assertOneLine(metrics)
    // A first start that fails leaves nothing: the next one shows a password.
    const first = await runPortolan(['serve', '--listen', at, ...(await portFlags())], { cwd })
    assertRefused(first, new RegExp(at))
    assertOneLine(first)
    assert.equal(await stat(join(cwd, 'data', 'portolan.yaml')).catch(() => undefined), undefined)
  })

  const certificates: readonly { name: string; make(cwd: string): Promise<unknown>; says: RegExp }[] = [
    { name: 'that is not there', make: async () => {}, says: /cert\.pem/ },
    {
      name: 'that is no certificate',
      make: async cwd =>
        Promise.all(['cert.pem', 'key.pem'].map(file => writeFile(join(cwd, file), 'nonsense'))),
      says: /cert\.pem/,
    },
    {
      name: 'that another key belongs to',
      make: async cwd => {
        for (const name of ['cert', 'key']) {
          const args = [
            'req',
            '-x509',
            '-newkey',
            'ec',
            '-pkeyopt',
            'ec_paramgen_curve:P-256',
            '-nodes',
            '-subj',
            '/CN=x',
          ]
          const spare = join(cwd, `spare-${name}.pem`)
          const out =
            name === 'cert'
              ? ['-out', join(cwd, 'cert.pem'), '-keyout', spare]
              : ['-keyout', join(cwd, 'key.pem'), '-out', spare]
          mustSucceed('openssl', await runProgram('openssl', [...args, ...out]))
        }
      },
      says: /key\.pem|cert\.pem/,
    },
    {
      name: 'that is a folder',
      make: async cwd => Promise.all(['cert.pem', 'key.pem'].map(file => mkdir(join(cwd, file)))),
      says: /cert\.pem/,
    },
  ]
  for (const { name, make, says } of certificates) {
    it(`names a certificate ${name}`, async t => {
      const cwd = await folderOf(t)
      await make(cwd)
      const result = await runPortolan(
        [
          'serve',
          '.',
          '--user',
          'a:b',
          '--listen',
          '127.0.0.1:0',
          '--tls-cert',
          'cert.pem',
          '--tls-key',
          'key.pem',
          ...(await portFlags()),
        ],
        { cwd },
      )
      assertRefused(result, says)
      assertOneLine(result)
    })
  }

  it('names a folder that is not there, or is none', async t => {
    const cwd = await folderOf(t)
    await writeFile(join(cwd, 'file'), '')
    for (const folder of ['nowhere', 'file']) {
      const result = await runPortolan(['serve', folder, '--user', 'a:b', '--listen', '127.0.0.1:0'], { cwd })
      assertRefused(result, new RegExp(folder))
      assertOneLine(result)
    }
    const home = await runPortolan(['serve', '--config', 'c.yaml'], { cwd })
    assertRefused(home, /c\.yaml/)
    assertOneLine(home)
  })

  it('says that nobody could log in', async t => {
    const result = await runPortolan(['serve', '.'], { cwd: await folderOf(t) })
    assertRefused(result, /--user/)
    assertOneLine(result)
  })

  it('tells all mistakes of its flags at once, and no password', async t => {
    const cwd = await folderOf(t)
    const wrong = [
      ...[
        '--listen',
        'nonsense',
        '--implicit-tls',
        '1:2:3',
        '--passive-ports',
        '5',
        '--active-ports',
        '1000:4',
        '--user',
        'secret',
      ],
      ...[
        '--metrics',
        'x',
        '--idle-timeout',
        'soon',
        '--max-sessions',
        '-1',
        '--workers',
        'many',
        '--session-reuse',
        'maybe',
        '--log',
        'loud',
      ],
      ...['--proxy-protocol', 'nowhere', '--passive-rule', 'x'],
    ]
    const result = await runPortolan(['serve', '.', ...wrong], { cwd })
    const flags = wrong.filter(one => one.startsWith('--') && one !== '--implicit-tls')
    assertRefused(result, ...flags.map(flag => new RegExp(`^.*${flag}\\b`, 'm')))
    assert.doesNotMatch(result.stderr, /secret/)
    assert.ok(result.stderr.trim().split('\n').length >= 12, result.stderr)
  })

  it('tells a passive range that overlaps with a listener', async t => {
    const result = await runPortolan(
      ['serve', '.', '--user', 'a:b', '--listen', '127.0.0.1:20010', '--passive-ports', '20000:100'],
      { cwd: await folderOf(t) },
    )
    assertRefused(result, /20010/, /20000/)
  })

  for (const args of [
    ['serve', '--frobnicate'],
    ['frobnicate'],
    ['serve', 'a', 'b'],
    ['serve', '--listen'],
    ['config'],
    ['config', 'check'],
    ['config', 'frobnicate'],
    [],
  ]) {
    it(`explains what it takes instead of: portolan ${args.join(' ')}`, async t => {
      const result = await runPortolan(args, { cwd: await folderOf(t) })
      assertRefused(result, /portolan|Usage/)
    })
  }
})
