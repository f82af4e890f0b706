import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { PERMISSIONS } from '@portolan/settings'
import { logIn, tryPut } from './policy/session.ts'
import { type Embedded, startEmbedded, type UserFields } from './support/embedded.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'
import { get, names, put } from './support/transfers.ts'

type Permission = (typeof PERMISSIONS)[number]

/** A server at which each user has /pub, read-only, and /team/shared beside the home. */
async function startWithFolders(host: Scratch, about: UserFields = {}): Promise<Embedded> {
  await mkdir(join(host.path, 'pub/inner'), { recursive: true })
  await mkdir(join(host.path, 'shared'))
  await writeFile(join(host.path, 'pub/manual.txt'), 'read me')
  return startEmbedded({
    about: () => ({
      folders: [
        { path: '/pub', folder: join(host.path, 'pub'), readOnly: true },
        { path: '/team/shared', folder: join(host.path, 'shared') },
      ],
      ...about,
    }),
  })
}

describe('virtual folders', () => {
  it('show up in listings beside the files of the home, with the way to them', async () => {
    await using host = await makeScratch()
    await using server = await startWithFolders(host)
    await using alice = await logIn(server)
    await put(alice, 'STOR own', 'x')
    assert.deepEqual((await names(alice)).toSorted(), ['own', 'pub', 'team'])
    assert.deepEqual(await names(alice, 'NLST /team'), ['/team/shared'])
    assert.match(String(await get(alice, 'MLSD /')), /type=dir;[^\r]* pub\r\n/i)
    assert.match(String(await get(alice, 'LIST /')), /^d.* pub\r$/m)
    await alice.quit()
  })

  it('cover a folder of the home that has their name', async () => {
    await using host = await makeScratch()
    await using server = await startWithFolders(host)
    await mkdir(join(server.home('alice'), 'pub'), { recursive: true })
    await writeFile(join(server.home('alice'), 'pub/hidden'), 'x')
    await using alice = await logIn(server)
    assert.deepEqual((await names(alice)).toSorted(), ['pub', 'team'])
    assert.deepEqual((await names(alice, 'NLST /pub')).toSorted(), ['/pub/inner', '/pub/manual.txt'])
    await alice.ask('SIZE /pub/hidden', 550)
  })

  it('are walked through by CWD and CDUP', async () => {
    await using host = await makeScratch()
    await using server = await startWithFolders(host)
    await using alice = await logIn(server)
    for (const [step, folder] of [
      ['CWD pub', '/pub'],
      ['CWD inner', '/pub/inner'],
      ['CDUP', '/pub'],
      ['CDUP', '/'],
      ['CWD team', '/team'],
      ['CWD shared', '/team/shared'],
      ['CWD ../../pub', '/pub'],
      ['CWD /../../..', '/'],
    ] as const) {
      await alice.ask(step, 250)
      await alice.ask('PWD', 257, new RegExp(`^"${folder}" `))
    }
    await alice.ask('CWD team/other', 550)
  })

  it('take files, which land in the folder of the host', async () => {
    await using host = await makeScratch()
    await using server = await startWithFolders(host)
    await using alice = await logIn(server)
    await put(alice, 'STOR /team/shared/a', 'content')
    assert.equal(await readFile(join(host.path, 'shared/a'), 'utf8'), 'content')
    assert.equal(String(await get(alice, 'RETR team/shared/a')), 'content')
    await alice.ask('RNFR /team/shared/a', 350)
    await alice.ask('RNTO /a', 553)
    await alice.ask('SITE CPFR /team/shared/a', 350)
    await alice.ask('SITE CPTO /a', 250)
    assert.equal(await readFile(join(server.home('alice'), 'a'), 'utf8'), 'content')
  })

  it('that are read-only refuse every change, with the name of the permission, and can be read', async () => {
    await using host = await makeScratch()
    await using server = await startWithFolders(host, { permissions: [{ path: '/', allow: 'all' }] })
    await using alice = await logIn(server)
    const changes: readonly [string, Permission][] = [
      ['STOR /pub/new', 'write'],
      ['APPE /pub/manual.txt', 'append'],
      ['DELE /pub/manual.txt', 'delete'],
      ['RNFR /pub/manual.txt', 'rename'],
      ['MKD /pub/new', 'makeFolder'],
      ['RMD /pub/inner', 'removeFolder'],
      ['SITE CHMOD 600 /pub/manual.txt', 'attributes'],
      ['MFMT 20200101000000 /pub/manual.txt', 'attributes'],
      ['SITE SYMLINK manual.txt /pub/link', 'link'],
    ]
    for (const [line, permission] of changes) {
      await alice.ask(line, 550, new RegExp(`Permission denied: ${permission} on /pub/`))
    }
    await put(alice, 'STOR own', 'x')
    await alice.ask('SITE CPFR own', 350)
    await alice.ask('SITE CPTO /pub/own', 550, /write/)
    await alice.ask('RNFR own', 350)
    await alice.ask('RNTO /pub/own', 550, /rename/)
    assert.equal(String(await get(alice, 'RETR /pub/manual.txt')), 'read me')
  })

  it('cannot be removed, renamed or replaced, nor can the way to them', async () => {
    await using host = await makeScratch()
    await using server = await startWithFolders(host)
    await using alice = await logIn(server)
    for (const path of ['/team', '/team/shared', '/']) {
      const code = (await alice.ask(`RMD ${path}`)).code
      assert.equal(code, 550, path)
    }
    await alice.ask('RNFR /team/shared', 350)
    await alice.ask('RNTO /mine', 550)
    await alice.ask('MKD /team', 550)
    await alice.ask('DELE /team/shared', 550)
    assert.equal((await tryPut(alice, 'STOR /team/shared', 'x')).code, 550)
    assert.deepEqual((await names(alice)).toSorted(), ['pub', 'team'])
  })
})

/** What shows that a permission is missing, and what is answered with nothing but it and those in `with`. */
const NEEDS: readonly { permission: Permission; line: string; allowed: number; with?: Permission[] }[] = [
  { permission: 'read', line: 'RETR file', allowed: 425 },
  { permission: 'write', line: 'STOR new', allowed: 425 },
  { permission: 'write', line: 'STOU new', allowed: 425 },
  { permission: 'append', line: 'APPE file', allowed: 425 },
  { permission: 'delete', line: 'DELE file', allowed: 250 },
  { permission: 'rename', line: 'RNFR file', allowed: 350 },
  { permission: 'list', line: 'LIST folder', allowed: 425 },
  { permission: 'list', line: 'MLSD folder', allowed: 425 },
  { permission: 'list', line: 'NLST folder', allowed: 425 },
  { permission: 'list', line: 'CWD folder', allowed: 250 },
  { permission: 'makeFolder', line: 'MKD new', allowed: 257 },
  { permission: 'removeFolder', line: 'RMD folder', allowed: 250 },
  { permission: 'attributes', line: 'SITE CHMOD 600 file', allowed: 250 },
  { permission: 'attributes', line: 'MFMT 20200101000000 file', allowed: 213 },
  { permission: 'attributes', line: 'MFF Modify=20200101000000; file', allowed: 213 },
  { permission: 'link', line: 'SITE SYMLINK file link', allowed: 250, with: ['read'] },
]

describe('permissions', () => {
  it('are all in the table below', () => {
    assert.deepEqual(new Set(NEEDS.map(({ permission }) => permission)), new Set(PERMISSIONS))
  })

  for (const { permission, line, allowed, with: others = [] } of NEEDS) {
    it(`of ${line}: ${permission} alone decides`, async () => {
      await using server = await startEmbedded({
        about: user => ({
          permissions: [
            {
              path: '/',
              allow:
                user === 'without' ? PERMISSIONS.filter(one => one !== permission) : [permission, ...others],
            },
          ],
        }),
      })
      for (const user of ['with', 'without']) {
        await mkdir(join(server.home(user), 'folder'), { recursive: true })
        await writeFile(join(server.home(user), 'file'), 'x')
      }
      await using without = await logIn(server, 'without')
      // Listings look for their data connection first.
      await without.ask('EPSV', 229)
      await without.ask(line, 550, new RegExp(`^Permission denied: ${permission} on /`))
      await using bearer = await logIn(server, 'with')
      await bearer.ask(line, allowed)
    })
  }

  it('of the deepest matching path decide alone', async () => {
    await using server = await startEmbedded({
      about: () => ({
        permissions: [
          { path: '/', allow: 'readOnly' },
          { path: '/in', allow: ['write', 'list'] },
          { path: '/in/private', allow: 'none' },
        ],
      }),
    })
    await mkdir(join(server.home('alice'), 'in/private'), { recursive: true })
    await writeFile(join(server.home('alice'), 'a'), 'a')
    await using alice = await logIn(server)
    assert.equal(String(await get(alice, 'RETR a')), 'a')
    await alice.ask('STOR b', 550, /write on \/b/)
    await put(alice, 'STOR in/b', 'b')
    await alice.ask('RETR in/b', 550, /read on \/in\/b/)
    await alice.ask('CWD in/private', 550, /list on \/in\/private/)
    await alice.ask('STOR in/private/../../b', 550, /write on \/b/)
    await alice.ask('CWD in', 250)
    await alice.ask('STOR private/c', 550, /write on \/in\/private\/c/)
  })

  it('of a path cannot be shed by moving the folder around it', async () => {
    await using server = await startEmbedded({
      about: () => ({
        permissions: [
          { path: '/', allow: 'all' },
          { path: '/a/private', allow: 'none' },
        ],
      }),
    })
    await mkdir(join(server.home('alice'), 'a/private'), { recursive: true })
    await writeFile(join(server.home('alice'), 'a/private/secret'), 'secret')
    await using alice = await logIn(server)
    const from = await alice.ask('RNFR a')
    if (from.code === 350) assert.equal((await alice.ask('RNTO b')).code, 550)
    else assert.equal(from.code, 550)
    await alice.ask('SIZE b/private/secret', 550)
  })
})

describe('groups', () => {
  async function startWithGroup(host: Scratch): Promise<Embedded> {
    await mkdir(join(host.path, 'docs'))
    await mkdir(join(host.path, 'own'))
    const folders = [{ path: '/docs', folder: join(host.path, 'docs') }]
    const own = [{ path: '/docs', folder: join(host.path, 'own') }]
    return startEmbedded({
      settings: {
        groups: [
          {
            name: 'staff',
            folders,
            permissions: [
              { path: '/', allow: 'readOnly' },
              { path: '/docs', allow: 'all' },
              { path: '/in', allow: 'all' },
            ],
            quota: { bytes: 10 },
          },
        ],
      },
      about: user => ({
        groups: ['staff'],
        ...(user === 'bob' && {
          folders: own,
          permissions: [{ path: '/', allow: 'all' as const }],
          quota: { bytes: 20 },
        }),
        ...(user === 'stranger' && { groups: [] }),
      }),
    })
  }

  it('hand down folders, permissions and quota', async () => {
    await using host = await makeScratch()
    await using server = await startWithGroup(host)
    await using alice = await logIn(server)
    await mkdir(join(server.home('alice'), 'in'))
    assert.deepEqual((await names(alice)).toSorted(), ['docs', 'in'])
    await alice.ask('STOR a', 550, /write on \/a/)
    await put(alice, 'STOR docs/a', 'a')
    assert.equal(await readFile(join(host.path, 'docs/a'), 'utf8'), 'a')
    assert.equal((await tryPut(alice, 'STOR in/b', 'more than ten')).code, 552)
  })

  it('come after what the user has of its own', async () => {
    await using host = await makeScratch()
    await using server = await startWithGroup(host)
    await using bob = await logIn(server, 'bob')
    await put(bob, 'STOR a', 'more than ten')
    await put(bob, 'STOR docs/b', 'b')
    assert.equal(await readFile(join(host.path, 'own/b'), 'utf8'), 'b')
    assert.equal((await tryPut(bob, 'STOR c', 'more than is left')).code, 552)
  })

  it('mean nothing to those who are in none', async () => {
    await using host = await makeScratch()
    await using server = await startWithGroup(host)
    await using stranger = await logIn(server, 'stranger')
    assert.deepEqual(await names(stranger), [])
    await put(stranger, 'STOR a', 'more than ten')
  })

  it('share a folder that counts to nobody: neither filling nor emptying it changes a quota', async () => {
    await using host = await makeScratch()
    await using server = await startWithGroup(host)
    await writeFile(join(host.path, 'docs/old'), Buffer.alloc(1_000))
    await using alice = await logIn(server)
    await mkdir(join(server.home('alice'), 'in'))
    await put(alice, 'STOR in/own', Buffer.alloc(10))
    await put(alice, 'STOR docs/new', Buffer.alloc(1_000))
    await alice.ask('SITE CPFR docs/old', 350)
    await alice.ask('SITE CPTO in/copy', 552)
    await alice.ask('DELE docs/old', 250)
    await put(alice, 'STOR docs/new', '')
    assert.equal((await tryPut(alice, 'STOR in/more', 'x')).code, 552)
    await alice.ask('AVBL in', 213, /^0$/)
  })
})
