import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runPortolan, servePortolan } from './support/command.ts'
import { assertOneLine, assertRefused, folderOf, logIn, portFlags } from './support/command-checks.ts'

describe('a settings file', { concurrency: 2 }, () => {
  it('with mistakes is refused with file, line, path and what is allowed, all at once', async t => {
    const cwd = await folderOf(t)
    const text = [
      'listeners:',
      '  - { name: a, port: 99999 }',
      '  - { name: a, tls: perhaps }',
      'pasive: {}',
      'timeouts:',
      '  idle: never',
      'users:',
      '  - { name: alice, home: /, permissions: [{ allow: [fly] }] }',
      '',
    ].join('\n')
    await writeFile(join(cwd, 'bad.yaml'), text)
    for (const args of [
      ['serve', '--config', 'bad.yaml'],
      ['config', 'check', 'bad.yaml'],
      ['config', 'show', '--config', 'bad.yaml'],
    ]) {
      const result = await runPortolan(args, { cwd })
      assertRefused(
        result,
        /bad\.yaml:2.*port.*65535/,
        /bad\.yaml:3.*tls.*optional/,
        /bad\.yaml:4.*pasive.*passive/,
        /bad\.yaml:6.*idle/,
        /bad\.yaml:8.*permissions.*read/,
      )
    }
  })

  it('whose parts do not go together is refused with every place where they do not', async t => {
    const cwd = await folderOf(t)
    const text = [
      'listeners:',
      '  - { name: a, port: 2121 }',
      '  - { name: a, port: 61001 }',
      'users:',
      '  - { name: alice, home: ., password: plain }',
      '  - { name: alice, home: . }',
      '',
    ].join('\n')
    await writeFile(join(cwd, 'bad.yaml'), text)
    const result = await runPortolan(['config', 'check', 'bad.yaml'], { cwd })
    assertRefused(
      result,
      /bad\.yaml:3.*listeners\[1\]\.name/,
      /bad\.yaml.*61001/,
      /bad\.yaml:5.*password.*argon2id/,
      /bad\.yaml:6.*users\[1\]\.name/,
    )
  })

  const broken: readonly { name: string; text: string; says: RegExp }[] = [
    { name: 'that is no YAML', text: 'listeners:\n  - {\n', says: /x\.yaml:\d+/ },
    { name: 'with a key twice', text: 'log: {}\nlog: {}\n', says: /x\.yaml:2.*/ },
    { name: 'that is a list', text: '- a\n', says: /x\.yaml/ },
    { name: 'with a tab', text: 'log:\n\tlevel: debug\n', says: /x\.yaml:2/ },
    { name: 'of binary', text: '\0\x01\x02\xff', says: /x\.yaml/ },
    {
      name: 'that names itself again and again',
      text: `a: &a [x]\n${Array.from({ length: 9 }, (_, n) => `b${n}: &b${n} [*${n === 0 ? 'a' : `b${n - 1}`},*${n === 0 ? 'a' : `b${n - 1}`}]`).join('\n')}\n`,
      says: /x\.yaml/,
    },
  ]
  for (const { name, text, says } of broken) {
    it(`${name} is refused with the place`, async t => {
      const cwd = await folderOf(t)
      await writeFile(join(cwd, 'x.yaml'), text, 'latin1')
      assertRefused(await runPortolan(['config', 'check', 'x.yaml'], { cwd }), says)
    })
  }

  it('that cannot be read is named', async t => {
    const cwd = await folderOf(t)
    await mkdir(join(cwd, 'folder.yaml'))
    for (const file of ['nothing.yaml', 'folder.yaml']) {
      const result = await runPortolan(['config', 'check', file], { cwd })
      assertRefused(result, new RegExp(file))
      assertOneLine(result)
    }
    if (process.getuid?.() === 0) return
    await writeFile(join(cwd, 'secret.yaml'), '')
    await chmod(join(cwd, 'secret.yaml'), 0)
    assertRefused(await runPortolan(['config', 'check', 'secret.yaml'], { cwd }), /secret\.yaml/)
  })

  it('without mistakes is told to be so', async t => {
    const cwd = await folderOf(t)
    await mkdir(join(cwd, 'home'))
    const { stdout: hash, code } = await runPortolan(['hash-password'], { cwd, input: 'open sesame\n' })
    assert.equal(code, 0)
    assert.match(hash, /^\$argon2id\$v=19\$[^\n]+\n$/)
    await writeFile(
      join(cwd, 'good.yaml'),
      `tls: { selfSigned: true }\nusers:\n  - { name: alice, home: home, password: '${hash.trim()}' }\n`,
    )
    const result = await runPortolan(['config', 'check', 'good.yaml'], { cwd })
    assert.deepEqual({ ...result, stderr: '' }, { code: 0, stdout: 'good.yaml: no mistakes\n', stderr: '' })
    await using serving = await servePortolan(
      ['--config', 'good.yaml', '--listen', '127.0.0.1:0', ...(await portFlags())],
      { cwd },
    )
    await using dialogue = await logIn(serving.ports[0] ?? 0, 'alice', 'open sesame')
    await dialogue.quit()
  })

  it('and flags are shown with where each setting comes from', async t => {
    const cwd = await folderOf(t)
    await writeFile(join(cwd, 'c.yaml'), 'timeouts:\n  idle: 10m\nlog: { level: debug }\n')
    const { code, stdout } = await runPortolan(
      ['config', 'show', '--config', 'c.yaml', '--idle-timeout', '20'],
      { cwd },
    )
    assert.equal(code, 0)
    assert.match(stdout, /^flag +timeouts\.idle +20s$/m)
    assert.match(stdout, /^file +log\.level +debug$/m)
    assert.match(stdout, /^default +timeouts\.stall +2m$/m)
  })

  it('has a JSON Schema with a description of every setting', async t => {
    const { code, stdout } = await runPortolan(['config', 'schema'], { cwd: await folderOf(t) })
    assert.equal(code, 0)
    const schema: unknown = JSON.parse(stdout)
    assert.ok(typeof schema === 'object' && schema !== null && 'properties' in schema)
    assert.ok(typeof schema.properties === 'object' && schema.properties !== null)
    for (const [name, about] of Object.entries(schema.properties))
      assert.match(String(about.description), /\w/, name)
  })

  it('is explained by --help, and --version tells the version', async t => {
    const cwd = await folderOf(t)
    const help = await runPortolan(['serve', '--help'], { cwd })
    assert.equal(help.code, 0)
    for (const flag of [
      '--config',
      '--listen',
      '--implicit-tls',
      '--user',
      '--anonymous',
      '--passive-ports',
      '--passive-address',
      '--passive-rule',
      '--active',
      '--no-active',
      '--active-ports',
      '--tls-cert',
      '--tls-key',
      '--tls-self-signed',
      '--require-tls',
      '--session-reuse',
      '--proxy-protocol',
      '--max-sessions',
      '--max-per-ip',
      '--idle-timeout',
      '--workers',
      '--metrics',
      '--log',
    ]) {
      assert.match(help.stdout, new RegExp(`^ +${flag}\\b`, 'm'))
    }
    const version = await runPortolan(['--version'], { cwd })
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
  })
})
