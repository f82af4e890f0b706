import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { FtpServer, hashPassword, type UserRecord } from '@portolan/server'
import { parseSettings } from '@portolan/settings'
import { logIn } from './policy/session.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD, startEmbedded, type UserFields } from './support/embedded.ts'
import { freePorts } from './support/ports.ts'
import { makeScratch } from './support/scratch.ts'
import { get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

const HOME = '127.0.0.2'
const ELSEWHERE = '127.0.0.3'
const EXEMPT = '127.0.0.4'

function start(about: UserFields): Promise<Embedded> {
  return startEmbedded({ about: () => about })
}

const from = (server: Embedded, address: string) => Dialogue.begin({ ...server.at(), from: address })

/** Resolves once a session can be opened and its user logged in: places are freed a moment after the last reply. */
const roomFor = (server: Embedded, address: string, user = 'alice') =>
  until(async () => {
    await using dialogue = await Dialogue.open({ ...server.at(), from: address })
    const greeting = await dialogue.reply()
    if (greeting.code !== 220) return greeting.text
    await dialogue.ask(`USER ${user}`, 331)
    const answer = await dialogue.ask(`PASS ${PASSWORD}`)
    return answer.code === 230 || answer.text
  })

describe('an account', () => {
  const refusals: readonly { what: string; about: UserFields; says: RegExp }[] = [
    { what: 'is disabled', about: { enabled: false }, says: /account is disabled/ },
    { what: 'has expired', about: { expires: '2020-01-01' }, says: /account has expired/ },
    { what: 'expired an hour ago', about: { expires: hourFromNow(-1) }, says: /account has expired/ },
    {
      what: 'is for other networks',
      about: { networks: ['192.0.2.0/24', '::1'] },
      says: /may not log in from 127\.0\.0\.2\./,
    },
  ]
  for (const { what, about, says } of refusals) {
    it(`that ${what} gets 530 in words with the right password, and a plain 530 with a wrong one`, async () => {
      await using server = await startEmbedded({
        about: () => about,
        settings: { bans: { delay: { first: '0s', ceiling: '0s' } } },
      })
      await using dialogue = await from(server, HOME)
      await dialogue.ask('USER alice', 331)
      await dialogue.ask(`PASS ${PASSWORD}`, 530, says)
      await dialogue.ask('USER alice', 331)
      const wrong = await dialogue.ask('PASS wrong', 530)
      assert.doesNotMatch(wrong.text, says)
      await dialogue.ask('PWD', 530)
      const failed = await server.events.wait('login-failed')
      assert.equal(failed.user, 'alice')
    })
  }

  const passes: readonly { what: string; about: UserFields }[] = [
    { what: 'expires in an hour', about: { expires: hourFromNow(1) } },
    { what: 'expires at the end of today', about: { expires: hourFromNow(0).slice(0, 10) } },
    { what: 'is for the network of the client', about: { networks: ['192.0.2.0/24', '127.0.0.2/31'] } },
    { what: 'is for the very address of the client', about: { networks: '127.0.0.2' } },
  ]
  for (const { what, about } of passes) {
    it(`that ${what} is let in`, async () => {
      await using server = await start(about)
      await using dialogue = await logIn(server, 'alice', HOME)
      await dialogue.quit()
    })
  }

  it('that needs TLS is refused at USER in the clear, before a password travels, and let in under TLS', async () => {
    await using server = await startEmbedded({
      settings: { tls: { selfSigned: true } },
      about: user => ({ requireTls: user === 'alice' }),
    })
    await using dialogue = await from(server, HOME)
    await dialogue.ask('USER alice', 530, /needs TLS: send AUTH TLS/)
    await dialogue.ask(`PASS ${PASSWORD}`, 503)
    await dialogue.secure('TLSv1.3')
    await dialogue.logIn('alice', PASSWORD)
    await dialogue.quit()
    await using bob = await logIn(server, 'bob')
    await bob.quit()
  })
})

describe('a limit of sessions', () => {
  it('of the whole server refuses one more in words, and is free again at the end of one', async () => {
    await using server = await startEmbedded({ settings: { limits: { sessions: 2 } } })
    await using first = await logIn(server, 'alice', HOME)
    await using second = await from(server, ELSEWHERE)
    await using third = await Dialogue.open({ ...server.at(), from: EXEMPT })
    await third.expect(421, /has its 2 sessions\. Try again later/)
    await third.ended()
    await first.quit()
    await roomFor(server, HOME)
    second.reset()
    await until(async () => (await server.server.sessions()).length === 0 || 'a session is left')
    await using _again = await logIn(server)
    await roomFor(server, HOME, 'bob')
    assert.equal((await server.events.wait('refused')).code, 'session.refused')
  })

  it('of an address refuses one more from there alone', async () => {
    await using server = await startEmbedded({ settings: { limits: { sessionsPerAddress: 2 } } })
    await using first = await from(server, HOME)
    await using _second = await from(server, HOME)
    await using third = await Dialogue.open({ ...server.at(), from: HOME })
    await third.expect(421, /Too many sessions from 127\.0\.0\.2: 2 are allowed/)
    await using _elsewhere = await from(server, ELSEWHERE)
    first.endTcp()
    await roomFor(server, HOME)
  })

  const bounds: readonly { what: string; sessionsPerUser: number; about: UserFields; most: number }[] = [
    { what: 'of each user', sessionsPerUser: 2, about: {}, most: 2 },
    { what: 'of one user before the general one', sessionsPerUser: 3, about: { maxSessions: 1 }, most: 1 },
  ]
  for (const { what, sessionsPerUser, about, most } of bounds) {
    it(`${what} refuses one more at PASS, for this user alone`, async () => {
      await using server = await startEmbedded({
        settings: { limits: { sessionsPerUser } },
        about: user => (user === 'alice' ? about : {}),
      })
      await using stack = new AsyncDisposableStack()
      const sessions = []
      for (let count = 0; count < most; count += 1) sessions.push(stack.use(await logIn(server)))
      await using more = await from(server, HOME)
      await more.ask('USER alice', 331)
      await more.ask(`PASS ${PASSWORD}`, 421, new RegExp(`alice has ${most} sessions already`))
      await more.ended()
      await using bob = await logIn(server, 'bob')
      await bob.quit()
      await sessions[0]?.ask('REIN', 220)
      await using again = await logIn(server)
      await again.quit()
      await roomFor(server, HOME)
    })
  }

  it('of 0 for one user is none', async () => {
    await using server = await startEmbedded({
      settings: { limits: { sessionsPerUser: 1 } },
      about: () => ({ maxSessions: 0 }),
    })
    await using _first = await logIn(server)
    await using _second = await logIn(server)
    await using _third = await logIn(server)
  })
})

describe('wrong passwords', () => {
  /** Answers the reply to a wrong password, and how many milliseconds it took. */
  async function wrong(dialogue: Dialogue, user = 'alice') {
    await dialogue.ask(`USER ${user}`, 331)
    const asked = performance.now()
    const reply = await dialogue.ask('PASS wrong')
    return { reply, ms: performance.now() - asked }
  }

  it('are answered later and later', async () => {
    await using server = await startEmbedded({
      settings: { bans: { delay: { first: '100ms', ceiling: '400ms' } } },
    })
    await using dialogue = await from(server, HOME)
    for (const least of [100, 200, 400, 400]) {
      const { reply, ms } = await wrong(dialogue)
      assert.equal(reply.code, 530)
      // Timers may fire a moment early.
      assert.ok(ms >= least - 5, `${ms} ms, and not ${least}`)
    }
    await using other = await from(server, ELSEWHERE)
    assert.equal((await wrong(other)).reply.code, 530)
  })

  it('ban their address for a time, and no other', async () => {
    await using server = await startEmbedded({
      settings: {
        bans: { attempts: 3, duration: '3s', delay: { first: '0s', ceiling: '0s' }, exempt: [EXEMPT] },
      },
    })
    await using dialogue = await from(server, HOME)
    assert.equal((await wrong(dialogue)).reply.code, 530)
    assert.equal((await wrong(dialogue, 'bob')).reply.code, 530)
    const last = await wrong(dialogue, 'carol')
    assert.equal(last.reply.code, 421)
    assert.match(last.reply.text, /Refused for 3 more seconds: too many wrong passwords/)
    await dialogue.ended()
    const { until: end } = await server.events.wait('banned', ({ address }) => address === HOME)
    await using elsewhere = await logIn(server, 'alice', ELSEWHERE)
    await using refused = await Dialogue.open({ ...server.at(), from: HOME })
    const answer = await refused.reply()
    // On a machine that stood still meanwhile, the ban may be over.
    if (Date.now() < end) assert.equal(answer.code, 421)
    await elsewhere.quit()
    await roomFor(server, HOME)
    assert.ok(Date.now() >= end, 'the ban lasted to its end')
  })

  it('never ban an address that is exempt', async () => {
    await using server = await startEmbedded({
      settings: { bans: { attempts: 2, delay: { first: '0s', ceiling: '0s' }, exempt: ['127.0.0.4/32'] } },
    })
    await using dialogue = await from(server, EXEMPT)
    for (let count = 0; count < 6; count += 1) assert.equal((await wrong(dialogue)).reply.code, 530)
    await dialogue.logIn('alice', PASSWORD)
  })

  it('ban nobody where bans are switched off', async () => {
    await using server = await startEmbedded({
      settings: {
        bans: { enabled: false, attempts: 1, exempt: [], delay: { first: '0s', ceiling: '0s' } },
      },
    })
    await using dialogue = await from(server, HOME)
    for (let count = 0; count < 4; count += 1) assert.equal((await wrong(dialogue)).reply.code, 530)
    await dialogue.logIn('alice', PASSWORD)
  })

  it('for one name from many addresses ban the name, except where it logged in before', async () => {
    await using server = await startEmbedded({
      settings: {
        bans: { attempts: 100, attemptsPerUser: 3, exempt: [], delay: { first: '0s', ceiling: '0s' } },
      },
    })
    await using owner = await logIn(server, 'alice', HOME)
    await owner.quit()
    for (const address of ['127.0.0.5', '127.0.0.6', '127.0.0.7']) {
      await using stranger = await from(server, address)
      assert.equal((await wrong(stranger)).reply.code, 530)
    }
    await using stranger = await from(server, '127.0.0.8')
    await stranger.ask('USER alice', 331)
    await stranger.ask(`PASS ${PASSWORD}`, 421)
    await using bob = await logIn(server, 'bob', '127.0.0.8')
    await bob.quit()
    await using again = await logIn(server, 'alice', HOME)
    await again.quit()
  })

  it('do not go on over a session that was open when its address was banned', async () => {
    await using server = await startEmbedded({
      settings: { bans: { attempts: 2, exempt: [], delay: { first: '0s', ceiling: '0s' } } },
    })
    await using first = await from(server, HOME)
    await using waiting = await from(server, HOME)
    await wrong(first)
    assert.equal((await wrong(first)).reply.code, 421)
    await waiting.ask('USER alice', 331)
    // Even the right one: else a thousand open sessions were a thousand guesses more.
    await waiting.ask(`PASS ${PASSWORD}`, 421, /too many wrong passwords/)
  })
})

describe('users', () => {
  it('of the settings log in with the password whose hash they have', async () => {
    await using host = await makeScratch()
    await mkdir(join(host.path, 'alice'))
    await using server = new FtpServer({
      listeners: [{ host: '127.0.0.1', port: 0 }],
      passive: await freePorts(2),
      bans: { delay: { first: '0s', ceiling: '0s' } },
      users: [
        { name: 'alice', home: join(host.path, 'alice'), password: await hashPassword(PASSWORD) },
        { name: 'keyless', home: join(host.path, 'alice') },
      ],
    })
    await server.start()
    const [listener] = server.addresses
    assert.ok(listener)
    await using dialogue = await Dialogue.begin(listener)
    for (const [user, password] of [
      ['alice', 'wrong'],
      ['alice', ''],
      ['keyless', ''],
      ['keyless', PASSWORD],
      ['nobody', PASSWORD],
      ['Alice', PASSWORD],
    ]) {
      await dialogue.ask(`USER ${user}`, 331)
      await dialogue.ask(`PASS ${password}`, 530, /^User name or password is wrong\.$/)
    }
    await dialogue.logIn('alice', PASSWORD)
    await put(dialogue, 'STOR a', 'a')
    assert.equal(String(await get(dialogue, 'RETR a')), 'a')
  })

  it('of an authenticator that fails get 421 and not 530, and nobody is banned for it', async () => {
    await using host = await makeScratch()
    let fails = true
    const record = (name: string): UserRecord | undefined =>
      parseSettings({ users: [{ name, home: host.path }] }).users[0]
    await using server = new FtpServer(
      {
        listeners: [{ host: '127.0.0.1', port: 0 }],
        passive: await freePorts(2),
        bans: { attempts: 1, exempt: [] },
      },
      {
        authenticator: {
          requiresTls: async () => false,
          async authenticate({ user }) {
            if (fails) throw new Error('the directory does not answer')
            return record(user)
          },
        },
      },
    )
    await server.start()
    const [listener] = server.addresses
    assert.ok(listener)
    await using dialogue = await Dialogue.begin(listener)
    await dialogue.ask('USER alice', 331)
    await dialogue.ask(`PASS ${PASSWORD}`, 421, /cannot be checked right now/)
    await dialogue.ended()
    fails = false
    await using again = await Dialogue.begin(listener)
    await again.logIn('alice', PASSWORD)
  })

  it('of an authenticator are asked for with the address, each time it is another one', async () => {
    await using host = await makeScratch()
    const asked: string[] = []
    await using server = new FtpServer(
      {
        listeners: [{ host: '127.0.0.1', port: 0 }],
        passive: await freePorts(2),
        bans: { delay: { first: '0s', ceiling: '0s' } },
      },
      {
        authenticator: {
          requiresTls: async () => false,
          async authenticate({ user, address }) {
            asked.push(address)
            const { users } = parseSettings({ users: [{ name: user, home: host.path }] })
            return address === HOME ? users[0] : undefined
          },
        },
      },
    )
    await server.start()
    const [listener] = server.addresses
    assert.ok(listener)
    await using home = await Dialogue.begin({ ...listener, from: HOME })
    await home.logIn('alice', PASSWORD)
    await using elsewhere = await Dialogue.begin({ ...listener, from: ELSEWHERE })
    await elsewhere.ask('USER alice', 331)
    await elsewhere.ask(`PASS ${PASSWORD}`, 530)
    assert.deepEqual(asked, [HOME, ELSEWHERE])
  })
})

/** A date and time, so many hours from now. */
function hourFromNow(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString()
}
