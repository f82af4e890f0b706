import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { SettingsError, type SettingsErrorCode } from './errors.ts'
import { loadSettings, readSettingsFile } from './load.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'))
})
after(() => rm(folder, { recursive: true, force: true }))

let files = 0
async function fileWith(content: string | Uint8Array): Promise<string> {
  const file = join(folder, `settings-${files++}.yaml`)
  await writeFile(file, content)
  return file
}

/** What loading a file says, without the file's name, which stands before each line. */
async function complaintsAbout(
  content: string | Uint8Array,
): Promise<{ code: SettingsErrorCode; lines: string[] }> {
  const file = await fileWith(content)
  const error = await loadSettings({ file, ephemeral: undefined }).then(
    () => assert.fail('the file was accepted'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof SettingsError, String(error))
  const lines = error.message.split('\n')
  for (const line of lines) assert.ok(line.startsWith(file), line)
  return { code: error.code, lines: lines.map(line => line.slice(file.length + 1).trim()) }
}

const bad: { name: string; text: string; lines: string[] }[] = [
  {
    name: 'a key that is mistyped',
    text: 'passive:\n  basePrt: 61000\n',
    lines: ['2:3: passive.basePrt: is not a setting; did you mean basePort?'],
  },
  {
    name: 'a key in the wrong section',
    text: 'idle: 5m\n',
    lines: ['1:1: idle: is not a setting; it belongs to timeouts.idle'],
  },
  {
    name: 'a key that nothing is like',
    text: 'limits: { bandwidth: 3 }\n',
    lines: [
      '1:11: limits.bandwidth: is not a setting; known here: sessions, sessionsPerAddress, sessionsPerUser, commandsPerSecond',
    ],
  },
  {
    name: 'a port out of range and a word that is none, at once',
    text: 'listeners:\n  - port: 99999\n    tls: maybe\n',
    lines: [
      '2:11: listeners[0].port: must be a whole number from 0 to 65535, and not 99999',
      '3:10: listeners[0].tls: must be one of off, optional, required, implicit, and not "maybe"',
    ],
  },
  {
    name: 'a duration without a unit that is known',
    text: 'timeouts: { idle: 5 minutes, stall: 25h }\n',
    lines: [
      '1:19: timeouts.idle: must be a duration such as 500ms, 90s, 5m or 24h (a bare number is seconds), and not "5 minutes"',
      '1:37: timeouts.stall: must be between 1s and 24h, and not "25h"',
    ],
  },
  {
    name: 'a network that is none',
    text: 'listeners:\n  - proxyProtocol: [10.0.0.0/8, 10.0.0.0/33]\n',
    lines: [
      '2:33: listeners[0].proxyProtocol[1]: must be an IP address or a network such as 10.0.0.0/8 or 2001:db8::/32, and not "10.0.0.0/33"',
    ],
  },
  {
    name: 'a user without a home',
    text: 'users:\n  - name: anna\n',
    lines: ['2:5: users[0].home: is missing: must be a text'],
  },
  {
    name: 'a value that is missing',
    text: 'users:\n  - name: anna\n    home: /srv\n    networks:\n',
    lines: [
      '4:14: users[0].networks: must be an IP address or a network such as 10.0.0.0/8 or 2001:db8::/32, or a list of them; nothing stands here',
    ],
  },
  {
    name: 'a password in the clear, which is not repeated',
    text: 'users:\n  - { name: anna, home: /srv, password: hunter2 }\n',
    lines: [
      '2:41: users[0].password: must be an argon2id hash ($argon2id$v=19$m=…,t=…,p=…$salt$hash): `portolan hash-password` makes one',
    ],
  },
  {
    name: 'a password that is a number, which is not repeated either',
    text: 'users:\n  - { name: anna, home: /srv, password: 4711 }\n',
    lines: ['2:41: users[0].password: must be a text'],
  },
  {
    name: 'a path of a client that climbs',
    text: 'users:\n  - { name: a, home: /srv, folders: [{ path: /a/../b, folder: /x }] }\n',
    lines: [
      '2:46: users[0].folders[0].path: must be an absolute path as clients see it, such as /incoming, without . and .., and not "/a/../b"',
    ],
  },
  {
    name: 'a permission that is none',
    text: 'users:\n  - { name: a, home: /srv, permissions: [{ allow: [read, fly] }] }\n',
    lines: [
      '2:58: users[0].permissions[0].allow[1]: must be one of read, write, append, delete, rename, list, makeFolder, removeFolder, attributes, link, and not "fly"',
    ],
  },
  {
    name: 'permission bits that YAML reads as the number twenty-two',
    text: 'uploads: { umask: 022 }\n',
    lines: ["1:19: uploads.umask: must be octal digits in quotes, such as '022', and not 22"],
  },
  {
    name: 'a text where a section is meant',
    text: 'metrics: 9121\n',
    lines: ['1:10: metrics: must be a section with host, port, and not 9121'],
  },
  {
    name: 'no listener at all',
    text: 'listeners: []\n',
    lines: ['1:12: listeners: must have at least one listener'],
  },
  {
    name: 'a list of settings',
    text: '- a\n- b\n',
    lines: ['1:1: must hold sections such as listeners and users'],
  },
  {
    name: 'settings that do not fit each other',
    text: 'listeners:\n  - { port: 2121, tls: required }\npassive:\n  basePort: 2000\n  numberOfPorts: 1000\n',
    lines: [
      '2:24: listeners[0].tls: required needs a certificate: set tls.certificate and tls.key, or tls.selfSigned: true',
      '4:13: passive.basePort: the passive ports 2000-2999 contain port 2121 of the listener listener1: move one of them',
    ],
  },
]

for (const { name, text, lines } of bad) {
  test(`a file with ${name} is refused in words`, async () => {
    assert.deepEqual(await complaintsAbout(text), {
      code: name === 'a list of settings' ? 'SETTINGS_SYNTAX' : 'SETTINGS_INVALID',
      lines,
    })
  })
}

const noYaml: { name: string; text: string; line: RegExp }[] = [
  { name: 'a bracket that is never closed', text: 'users: [\n', line: /^2:1: is not YAML: / },
  {
    name: 'a tab',
    text: 'limits:\n\tsessions: 3\n',
    line: /^2:1: YAML is indented with spaces and not with tabs$/,
  },
  { name: 'a key that stands twice', text: 'log: {}\nlog: {}\n', line: /^2:1: this key stands here twice$/ },
  {
    name: 'an alias of nothing',
    text: 'log: {}\nusers: *all\n',
    line: /^2:8: nothing before this is marked &all$/,
  },
  { name: 'two documents', text: 'log: {}\n---\nlog: {}\n', line: /^\d:\d: is not YAML: / },
]

for (const { name, text, line } of noYaml) {
  test(`a file with ${name} is no YAML, and the place is told`, async () => {
    const { code, lines } = await complaintsAbout(text)
    assert.equal(code, 'SETTINGS_SYNTAX')
    assert.match(lines[0] ?? '', line)
  })
}

test('a file whose aliases would unfold to millions of values is refused', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `  - &l${i + 1} [*l${i}, *l${i}, *l${i}, *l${i}]`)
  const { code } = await complaintsAbout(`users:\n  - &l0 [x]\n${rows.join('\n')}\n`)
  assert.equal(code, 'SETTINGS_SYNTAX')
})

test('a file that is no UTF-8, is a folder or is missing is named', async () => {
  assert.deepEqual(await complaintsAbout(Buffer.from([0x6c, 0x6f, 0x67, 0x3a, 0xff])), {
    code: 'SETTINGS_FILE',
    lines: ['is not UTF-8 text'],
  })
  await assert.rejects(loadSettings({ file: folder }), {
    message: `${folder}: is a folder and not a settings file`,
  })
  const missing = join(folder, 'missing.yaml')
  await assert.rejects(loadSettings({ file: missing }), {
    message: `${missing}: the settings file is missing`,
  })
})

test('an empty file, and sections whose lines are all comments, are the defaults', async () => {
  for (const text of ['', '# nothing\n', 'users:\n  # - none\ntls:\n', '---\n']) {
    const { settings } = await loadSettings({ file: await fileWith(text) })
    assert.equal(settings.users.length, 0, text)
    assert.equal(settings.listeners[0]?.port, 2121, text)
  }
})

test('readSettingsFile: relative paths are relative to the folder of the file', async () => {
  const file = await fileWith(
    'users: [{ name: a, home: files/a }]\ntls: { selfSigned: true }\nserver: { dataFolder: . }\n',
  )
  const settings = await readSettingsFile(file)
  assert.equal(settings.users[0]?.home, join(folder, 'files/a'))
  assert.equal(settings.server.dataFolder, folder)
})

test('a flag wins over the file, its mistakes bear its name, and lines of the file are still found', async () => {
  const text =
    'passive:\n  basePort: 61000\n  addressRules:\n    - { address: ftp.example.com, clients: 10.0.0 }\n'
  const file = await fileWith(text)
  const overlay = (input: Readonly<Record<string, unknown>>) => {
    const passive = input.passive as { addressRules: unknown[] }
    return {
      input: {
        ...input,
        limits: { sessions: 0 },
        passive: { ...passive, addressRules: [{ address: 'local' }, ...passive.addressRules] },
      },
      flags: new Map([
        ['limits.sessions', '--max-sessions'],
        ['passive.addressRules[0]', '--passive-rule'],
      ]),
    }
  }
  await assert.rejects(loadSettings({ file, overlay }), {
    message: '--max-sessions: limits.sessions: must be a whole number from 1 to 1000000, and not 0',
  })
  const fixed = (input: Readonly<Record<string, unknown>>) => {
    const { input: all, flags } = overlay(input)
    return { input: { ...all, limits: { sessions: 7 } }, flags }
  }
  const error = await loadSettings({ file, overlay: fixed }).catch((reason: unknown) => reason)
  assert.ok(error instanceof SettingsError)
  // The second rule of all is the first of the file, in its fourth line.
  assert.match(
    error.message,
    new RegExp(`^${file}:4:44: passive\\.addressRules\\[1\\]\\.clients: "10\\.0\\.0" is neither`),
  )
})

test('origins tell who set what', async () => {
  const file = await fileWith('tls: { selfSigned: true }\nusers: [{ name: a, home: /a }]\n')
  const { origins, settings } = await loadSettings({
    file,
    overlay: input => ({
      input: { ...input, log: { format: 'json' } },
      flags: new Map([['log.format', '--log']]),
    }),
  })
  assert.equal(settings.log.format, 'json')
  assert.deepEqual(
    [...origins],
    [
      ['tls.selfSigned', 'file'],
      ['users[0].name', 'file'],
      ['users[0].home', 'file'],
      ['log.format', 'flag'],
    ],
  )
})

test('whatever stands in a file, it is read or every line of the answer names a place in it', async () => {
  const line = fc.constantFrom(
    'users:',
    '  - name: a',
    '    home: b',
    'log: {',
    '}',
    '- x',
    'a: &a *a',
    '!!binary x',
    '? [a]',
    '"',
    '\t',
    '%',
    'users: *x',
    '<<: {}',
    '0x1: 2',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async lines => {
      const file = await fileWith(lines.join('\n'))
      const error = await loadSettings({ file }).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (error === undefined) return
      assert.ok(error instanceof SettingsError, String(error))
      for (const problem of error.problems) {
        assert.equal(problem.source, file)
        assert.ok((problem.line ?? 0) >= 1 && (problem.line ?? 0) <= lines.length + 1, error.message)
      }
    }),
  )
})
