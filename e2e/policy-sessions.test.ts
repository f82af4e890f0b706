import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { logIn, tryPut } from './policy/session.ts'
import { Dialogue } from './support/dialogue.ts'
import { startEmbedded } from './support/embedded.ts'
import { makeScratch } from './support/scratch.ts'
import { begin, get, names, put } from './support/transfers.ts'

describe('commands', () => {
  it('beyond the number per second wait their turn, after a burst, and none is refused', async () => {
    await using server = await startEmbedded({ settings: { limits: { commandsPerSecond: 10 } } })
    await using dialogue = await Dialogue.begin(server.at())
    const began = performance.now()
    for (let count = 0; count < 10; count += 1) await dialogue.ask('NOOP', 200)
    const burst = performance.now() - began
    dialogue.write('NOOP\r\n'.repeat(15))
    for (let count = 0; count < 15; count += 1) await dialogue.expect(200)
    const all = performance.now() - began
    assert.ok(all > 1_400, `25 commands took ${all} ms`)
    assert.ok(burst < 900, `10 commands took ${burst} ms`)
    await using other = await Dialogue.begin(server.at())
    const asked = performance.now()
    await other.ask('NOOP', 200)
    assert.ok(performance.now() - asked < 900, 'another session has a pace of its own')
  })

  it('that are forbidden to a user class get 502 there, and work elsewhere', async () => {
    await using server = await startEmbedded({
      settings: {
        userClasses: [{ name: 'guests', users: 'guest*' }],
        commands: {
          forbidden: [{ userClass: 'guest?', commands: ['dele', 'SITE CHMOD'] }, { commands: ['STOU'] }],
        },
      },
    })
    await using guest = await logIn(server, 'guest7')
    await using alice = await logIn(server)
    for (const dialogue of [guest, alice]) await put(dialogue, 'STOR a', 'a')
    await guest.ask('DELE a', 502, /^DELE is not allowed for your user class\.$/)
    await guest.ask('dele a', 502)
    await guest.ask('SITE CHMOD 600 a', 502)
    await guest.ask('SITE UTIME 20200101000000 a', 250)
    await guest.ask('STOU', 502)
    await alice.ask('STOU', 502)
    await alice.ask('SITE CHMOD 600 a', 250)
    await alice.ask('DELE a', 250)
    await guest.ask('SIZE a', 213)
  })
})

describe('messages', () => {
  it('of several lines greet, welcome by name and say goodbye', async () => {
    await using server = await startEmbedded({
      settings: {
        messages: {
          greeting: 'Welcome to the harbour.\n220 boats lie here.\nBe kind.',
          login: 'Hello {user}.\nYour files are safe.',
          goodbye: 'Fair winds.\nCome back.',
        },
      },
    })
    await using dialogue = await Dialogue.open(server.at())
    const greeting = await dialogue.expect(220)
    assert.deepEqual(
      greeting.lines.map(line => line.trim()),
      ['Welcome to the harbour.', '220 boats lie here.', 'Be kind.'],
    )
    await dialogue.ask('USER alice', 331)
    const welcome = await dialogue.ask('PASS open sesame', 230)
    assert.deepEqual(welcome.lines, ['Hello alice.', 'Your files are safe.'])
    assert.deepEqual((await dialogue.ask('QUIT', 221)).lines, ['Fair winds.', 'Come back.'])
  })

  it('take the place of any reply, which keeps its code and its values', async () => {
    await using server = await startEmbedded({
      settings: {
        messages: {
          replies: {
            'command.unknown': 'What is {verb}?',
            'file.denied': 'No {permission}!\nAsk Bob about {path}.',
          },
        },
      },
      about: () => ({ permissions: [{ path: '/', allow: 'readOnly' }] }),
    })
    await using dialogue = await logIn(server)
    assert.deepEqual((await dialogue.ask('XYZW', 500)).lines, ['What is XYZW?'])
    assert.deepEqual((await dialogue.ask('DELE {verb}', 550)).lines, ['No delete!', 'Ask Bob about /{verb}.'])
  })

  it('of a name that no reply has keep the server from starting, with its name', async () => {
    await assert.rejects(startEmbedded({ settings: { messages: { replies: { 'file.gone': 'x' } } } }), {
      code: 'SERVER_SETTING',
      message: /file\.gone/,
    })
  })
})

describe('anonymous', () => {
  for (const user of ['anonymous', 'ftp', 'Anonymous']) {
    it(`as ${user} reads with any password and changes nothing`, async () => {
      await using host = await makeScratch()
      await mkdir(join(host.path, 'folder'))
      await writeFile(join(host.path, 'file'), 'for all')
      await using server = await startEmbedded({
        settings: { anonymous: { enabled: true, home: host.path } },
      })
      await using dialogue = await Dialogue.begin(server.at())
      await dialogue.ask(`USER ${user}`, 331, /Any password will do/)
      await dialogue.ask('PASS me@example.org', 230)
      await dialogue.ask('TYPE I', 200)
      assert.deepEqual((await names(dialogue)).toSorted(), ['file', 'folder'])
      assert.equal(String(await get(dialogue, 'RETR file')), 'for all')
      assert.equal((await tryPut(dialogue, 'STOR new', 'x')).code, 550)
      for (const line of [
        'STOU',
        'APPE file',
        'DELE file',
        'RNFR file',
        'MKD new',
        'RMD folder',
        'SITE CHMOD 777 file',
        'MFMT 20200101000000 file',
        'SITE SYMLINK file link',
      ]) {
        await dialogue.ask(line, 550)
      }
      await dialogue.ask('SITE CPFR file', 350)
      await dialogue.ask('SITE CPTO copy', 550)
      assert.deepEqual((await names(dialogue)).toSorted(), ['file', 'folder'])
      await dialogue.quit()
    })
  }

  it('is a user like any other where it is switched off', async () => {
    await using server = await startEmbedded({
      settings: { bans: { delay: { first: '0s', ceiling: '0s' } } },
    })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.ask('USER anonymous', 331, /^Password for anonymous\?$/)
    await dialogue.ask('PASS me@example.org', 530)
  })
})

describe('a rate', () => {
  const RATE = 200_000
  const SIZE = 150_000
  /** Two transfers, less the burst of a quarter of a second, and what timers lose. */
  const LEAST_MS = ((2 * SIZE) / RATE) * 1_000 - 250 - 150
  /** A sluggish machine takes longer; without a share of each, both were much faster than this. */
  const MOST_MS = 10_000

  it('of uploads is shared by the sessions of a user, and downloads are free of it', async () => {
    await using server = await startEmbedded({ about: () => ({ uploadRate: RATE }) })
    await using first = await logIn(server)
    await using second = await logIn(server)
    const began = performance.now()
    await Promise.all([put(first, 'STOR a', Buffer.alloc(SIZE)), put(second, 'STOR b', Buffer.alloc(SIZE))])
    const ms = performance.now() - began
    assert.ok(ms > LEAST_MS && ms < MOST_MS, `${ms} ms, at least ${LEAST_MS}`)
    const turned = performance.now()
    await get(first, 'RETR a')
    assert.ok(performance.now() - turned < (SIZE / RATE) * 1_000, 'a download waited for the rate of uploads')
  })

  it('of downloads is shared by the sessions of a user, and another has its own', async () => {
    await using server = await startEmbedded({
      about: user => (user === 'alice' ? { downloadRate: RATE } : {}),
    })
    await using first = await logIn(server)
    await using second = await logIn(server)
    await using bob = await logIn(server, 'bob')
    await put(first, 'STOR a', Buffer.alloc(SIZE))
    await put(bob, 'STOR a', Buffer.alloc(SIZE))
    const began = performance.now()
    const running = Promise.all([get(first, 'RETR a'), get(second, 'RETR a')])
    await get(bob, 'RETR a')
    const bobs = performance.now() - began
    await running
    const ms = performance.now() - began
    assert.ok(ms > LEAST_MS && ms < MOST_MS, `${ms} ms, at least ${LEAST_MS}`)
    assert.ok(bobs < ms, 'a user without a rate waited for one that has one')
  })

  it('does not keep ABOR from ending a transfer', async () => {
    await using server = await startEmbedded({ about: () => ({ downloadRate: 15_000 }) })
    await using dialogue = await logIn(server)
    await put(dialogue, 'STOR a', Buffer.alloc(1_000_000))
    await using link = await begin(dialogue, 'RETR a')
    // Sixty seconds are left of it then.
    await link.readSome()
    await dialogue.ask('ABOR', 426)
    await dialogue.expect(226)
    await dialogue.quit()
  })
})

describe('a session', () => {
  it('that does not log in is closed in words, whatever else it asks', async () => {
    await using server = await startEmbedded({ settings: { timeouts: { login: '1s' } } })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.ask('NOOP', 200)
    await dialogue.ask('USER alice', 331)
    await dialogue.expect(421, /Not logged in within 1 seconds/)
    assert.equal(await dialogue.ended(), 'end')
  })

  it('that says nothing is closed in words', async () => {
    await using server = await startEmbedded({ settings: { timeouts: { idle: '1s' } } })
    await using dialogue = await logIn(server)
    await dialogue.expect(421, /No command for 1 seconds/)
    assert.equal(await dialogue.ended(), 'end')
    assert.match((await server.events.wait('session-closed')).reason, /idle/)
  })

  it('that says nothing while data moves is not idle', async () => {
    await using server = await startEmbedded({
      settings: { timeouts: { idle: '1s' } },
      about: () => ({ downloadRate: 40_000 }),
    })
    await using dialogue = await logIn(server)
    await put(dialogue, 'STOR a', Buffer.alloc(130_000))
    assert.equal((await get(dialogue, 'RETR a')).length, 130_000)
    await dialogue.ask('NOOP', 200)
  })

  it('of a user with an idle timeout goes by that one', async () => {
    await using server = await startEmbedded({ about: () => ({ idleTimeout: '1s' }) })
    await using dialogue = await logIn(server)
    await dialogue.expect(421, /No command for 1 seconds/)
  })

  it('sets its idle timeout by SITE IDLE, within bounds', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server)
    await dialogue.ask('SITE IDLE', 200, /is 300 seconds; at most 7200/)
    for (const wrong of ['0', '7201', '-1', '1.5', 'long'])
      await dialogue.ask(`SITE IDLE ${wrong}`, 501, /1 to 7200/)
    await dialogue.ask('SITE IDLE 7200', 200)
    await dialogue.ask('SITE IDLE 1', 200, /is 1 seconds now/)
    await dialogue.expect(421, /No command for 1 seconds/)
  })

  it('sees by SITE WHO the sessions of its own user and no others', async () => {
    await using server = await startEmbedded()
    await using first = await logIn(server, 'alice', '127.0.0.2')
    await using _second = await logIn(server, 'alice', '127.0.0.3')
    await using bob = await logIn(server, 'bob', '127.0.0.4')
    await using _nobody = await Dialogue.begin({ ...server.at(), from: '127.0.0.5' })
    await put(first, 'STOR a', Buffer.alloc(10_000_000))
    await using link = await begin(first, 'RETR a')
    await link.readSome()
    const own = await bob.ask('SITE WHO', 211)
    assert.equal(own.lines.length, 3)
    assert.match(own.text, /bob from 127\.0\.0\.4 since .*, idle/)
    assert.doesNotMatch(own.text, /alice|127\.0\.0\.[235]/)
    await using third = await logIn(server, 'alice', '127.0.0.6')
    const { text } = await third.ask('SITE WHO', 211)
    assert.match(text, /alice from 127\.0\.0\.2 since .*, RETR \d+ bytes/)
    assert.match(text, /alice from 127\.0\.0\.3 /)
    assert.match(text, /alice from 127\.0\.0\.6 /)
    assert.doesNotMatch(text, /bob|127\.0\.0\.[45]/)
  })

  it('ends with 421 in words when the administrator kicks it, and others go on', async () => {
    await using server = await startEmbedded()
    await using alice = await logIn(server)
    await using bob = await logIn(server, 'bob')
    const session = (await server.server.sessions()).find(({ user }) => user === 'alice')?.session
    assert.ok(session)
    assert.equal(await server.server.kick(session), true)
    await alice.expect(421, /administrator ended this session/)
    assert.equal(await alice.ended(), 'end')
    await server.events.wait('session-closed', closed => closed.session === session)
    assert.equal(await server.server.kick(session), false)
    assert.equal(await server.server.kick('no such session'), false)
    await bob.ask('NOOP', 200)
  })

  it('that is kicked in the middle of an upload leaves nothing under the name', async () => {
    await using server = await startEmbedded()
    await using alice = await logIn(server)
    await using link = await begin(alice, 'STOR a')
    await link.write('half of it')
    const [info] = await server.server.sessions()
    assert.ok(info)
    assert.equal(info.transfer?.command, 'STOR')
    assert.equal(await server.server.kick(info.session), true)
    assert.equal(await link.drain(), 'reset')
    const ended = await server.events.wait('transfer-ended')
    assert.equal(ended.verdict, 'broken')
    await using again = await logIn(server)
    await again.ask('SIZE a', 550)
  })
})
