import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { ServeFlags } from './flags.ts'
import { planServe, planSettings } from './serve-plan.ts'

const HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'B'.repeat(22)}$${'B'.repeat(43)}`
const hash = async () => HASH

let cwd = ''
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'serve-plan-'))
  await mkdir(join(cwd, 'pub'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

/** The lines that a plan is refused with. */
async function refusal(folder: string | undefined, flags: ServeFlags): Promise<string[]> {
  const error = await planServe({ ...(folder !== undefined && { folder }), flags }, { cwd, hash }).then(
    () => assert.fail('it was accepted'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Error && error.name === 'UserError', String(error))
  return error.message.split('\n')
}

test('a folder and a user are a server that keeps no state', async () => {
  const plan = await planServe({ folder: 'pub', flags: { user: ['a:b'] } }, { cwd, hash })
  assert.equal(plan.config, undefined)
  assert.equal(plan.data, undefined)
  const { settings } = await plan.load()
  assert.deepEqual(
    settings.users.map(({ name, home, password }) => [name, home, password]),
    [['a', join(cwd, 'pub'), HASH]],
  )
  assert.equal(settings.server.dataFolder, undefined)
  assert.deepEqual(await readdir(cwd), ['pub'])
})

test('nothing at all is the data folder, and users of flags have their homes in it', async () => {
  const plan = await planServe({ flags: { user: ['a:b'] } }, { cwd, hash })
  assert.equal(plan.config, join(cwd, 'data', 'portolan.yaml'))
  assert.ok(plan.data?.made)
  const { settings } = await plan.load()
  assert.deepEqual(
    [...settings.users, ...(plan.data.made ? [plan.data.made] : [])].map(user => user.home),
    ['a', 'portolan'].map(name => join(cwd, 'data', 'files', name)),
  )
  assert.deepEqual(plan.store, { folder: join(cwd, 'data') })
  const again = await planServe({ flags: {} }, { cwd, hash })
  assert.equal(again.data?.made, undefined)
})

test('a folder or a file alone is served without a store, unless a folder for state or a database is named', async () => {
  const file = join(cwd, 'b.yaml')
  await writeFile(file, '{}\n')
  const placeOf = async (flags: object) =>
    (await planServe({ flags: { config: 'b.yaml', ...flags } }, { cwd, hash })).store
  assert.equal(await placeOf({}), undefined)
  assert.deepEqual(await placeOf({ data: 'state' }), { folder: join(cwd, 'state') })
  const database = 'postgres://db.example/portolan'
  assert.deepEqual(await placeOf({ database, keyFile: 'k' }), {
    folder: join(cwd, 'data'),
    database,
    keyFile: join(cwd, 'k'),
  })
})

test('a settings file is read anew at every load, and flags stay over it', async () => {
  const config = join(cwd, 'a.yaml')
  await writeFile(config, 'limits: { sessions: 5, sessionsPerAddress: 5 }\n')
  const plan = await planServe({ flags: { config: 'a.yaml', maxPerIp: '3' } }, { cwd, hash })
  assert.deepEqual((await plan.load()).settings.limits.sessions, 5)
  await writeFile(config, 'limits: { sessions: 6, sessionsPerAddress: 5 }\n')
  const { limits } = (await plan.load()).settings
  assert.deepEqual([limits.sessions, limits.sessionsPerAddress], [6, 3])
})

const refused: { name: string; folder?: string; flags: ServeFlags; lines: string[] }[] = [
  {
    name: 'a folder that is missing, with nobody who could log in',
    folder: 'nowhere',
    flags: {},
    lines: [
      'nowhere: there is no such folder',
      'nowhere: nobody could log in to it: add --user NAME:PASSWORD or --anonymous',
    ],
  },
  {
    name: 'a user without a folder beside a settings file',
    flags: { config: 'a.yaml', user: ['a:b'] },
    lines: ['--user: needs FOLDER beside --config: it becomes the / of the user'],
  },
  {
    name: 'anonymous users without a folder beside a settings file',
    flags: { config: 'a.yaml', anonymous: true },
    lines: ['--anonymous: anonymous.home: is missing: anonymous users need a folder to see'],
  },
  {
    name: 'flags that cannot be read, flags that are not allowed and a mistake of the file, all at once',
    flags: { config: 'bad.yaml', listen: ['x'], maxSessions: '0', passivePorts: '80:10', log: 'xml' },
    lines: [
      '--listen: must be HOST:PORT such as 127.0.0.1:2121 or [::1]:2121, with a port from 0 to 65535, and not "x"',
      '--passive-ports: passive.basePort: must be a whole number from 1024 to 65535, and not 80',
      '--max-sessions: limits.sessions: must be a whole number from 1 to 1000000, and not 0',
      '--log: log.format: must be one of auto, pretty, json, and not "xml"',
      'bad.yaml:1:13: timeouts.idel: is not a setting; did you mean idle?',
    ],
  },
  {
    name: 'a certificate without its key',
    folder: 'pub',
    flags: { user: ['a:b'], tlsCert: 'c.pem' },
    lines: ['--tls-cert: tls.certificate: needs its private key: set tls.key, too'],
  },
  {
    name: 'TLS that is required without a certificate',
    folder: 'pub',
    flags: { user: ['a:b'], requireTls: true },
    lines: [
      '--require-tls: listeners[0].tls: required needs a certificate: set tls.certificate and tls.key, or tls.selfSigned: true',
    ],
  },
]

for (const { name, folder, flags, lines } of refused) {
  test(`${name} stops the start`, async () => {
    await writeFile(join(cwd, 'a.yaml'), '')
    await writeFile(join(cwd, 'bad.yaml'), 'timeouts: { idel: 5m }\n')
    const told = await refusal(folder, flags)
    assert.deepEqual(
      told.map(line => line.replace(`${cwd}/`, '')),
      lines,
    )
  })
}

test('a start that is refused makes nothing', async () => {
  await refusal(undefined, { workers: '9999' })
  assert.deepEqual(await readdir(cwd), ['pub'])
})

test('planSettings: shows what would be in force and makes nothing', async () => {
  const { settings, origins } = await planSettings({ flags: { user: ['a:b'] } }, cwd)
  assert.equal(settings.users[0]?.name, 'a')
  assert.equal(origins.get('users[0]'), 'flag')
  assert.deepEqual(await readdir(cwd), ['pub'])
})
