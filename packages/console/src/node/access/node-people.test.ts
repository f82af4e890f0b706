import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { PASSWORD, startTestApp, type TestApp } from '../../http/testing-app.ts'
import { PeopleService } from '../../resources/access/people-service.ts'

describe('people as a controller asks for them', () => {
  let app: TestApp
  before(async () => {
    app = await startTestApp({
      settings: {
        groups: [{ name: 'finance' }],
        bans: { attempts: 50, delay: { first: '0s', ceiling: '0s' } },
        users: [
          { name: 'from-file', home: process.cwd(), groups: ['finance'] },
          { name: 'disabled', home: process.cwd(), enabled: false },
          { name: 'expired', home: process.cwd(), expires: '2020-01-01' },
          { name: 'office', home: process.cwd(), networks: ['10.0.0.0/8'] },
        ],
      },
    })
    await app.asUser('alice')
  })
  after(() => app[Symbol.asyncDispose]())
  // Wrong attempts of the test before are forgotten.
  beforeEach(() => app.ahead(3_700_000))

  const people = () => app.services.access.people
  const service = () => new PeopleService(app.services)
  let addresses = 0
  /** Each test comes from an address of its own, so that none waits for the wrong attempts of another. */
  const address = () => `192.0.2.${++addresses}`
  const refused = (message: RegExp) => ({ code: 'GATEWAY_SIGN_IN_REFUSED', message })

  test('a user of the store signs in with the password, and with no other', async () => {
    await people().signIn({ user: 'alice', password: PASSWORD, address: address() })
    await assert.rejects(
      people().signIn({ user: 'alice', password: 'wrong', address: address() }),
      refused(/name or the password is wrong/),
    )
    await assert.rejects(people().signIn({ user: 'alice', address: address() }), refused(/wrong/))
    await assert.rejects(
      people().signIn({ user: 'nobody', password: PASSWORD, address: address() }),
      refused(/name or the password is wrong/),
    )
  })

  test('the second factor is asked for after a right password alone, and a code is taken once', async () => {
    const { secret } = await service().newTotp('alice', 'root')
    const totp = new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 })
    const from = address()
    const ask = { user: 'alice', password: PASSWORD, address: from }
    await assert.rejects(people().signIn(ask), { code: 'GATEWAY_CODE_NEEDED' })
    await assert.rejects(people().signIn({ ...ask, code: ' ' }), { code: 'GATEWAY_CODE_NEEDED' })
    await assert.rejects(
      people().signIn({ ...ask, password: 'wrong' }),
      refused(/password is wrong/),
      'who has no password is not told of a code',
    )
    const code = totp.generate({ timestamp: app.services.now() })
    await people().signIn({ ...ask, code })
    await assert.rejects(people().signIn({ ...ask, code }), refused(/used already/))
    const another = code === '000000' ? '000001' : '000000'
    await assert.rejects(
      people().signIn({ ...ask, code: another, address: address() }),
      refused(/code is wrong/),
    )
    await service().removeTotp('alice', 'root')
    await people().signIn({ ...ask, address: address() })
  })

  test('codes are not guessed: after some the next one has to wait, and the right one too', async () => {
    await service().newTotp('alice', 'root')
    const ask = { user: 'alice', password: PASSWORD, address: address() }
    for (let tried = 0; tried < 3; tried++) {
      await assert.rejects(people().signIn({ ...ask, code: 'abcdef' }), refused(/code is wrong/))
    }
    await assert.rejects(people().signIn({ ...ask, code: 'abcdef' }), refused(/Too many wrong attempts/))
    await service().removeTotp('alice', 'root')
    app.ahead(20_000)
    await people().signIn(ask)
  })

  test('a token stands for password and code, for its user alone, until it ends or is removed', async () => {
    const { token, id } = await service().newToken('alice', { name: 't' }, 'root')
    await service().newTotp('alice', 'root')
    await people().signIn({ user: 'alice', token, address: address() })
    for (const wrong of [
      { user: 'from-file', token },
      { user: 'alice', token: `${token}x` },
      { user: 'alice', token: '' },
      { user: 'nobody', token },
    ]) {
      await assert.rejects(people().signIn({ ...wrong, address: address() }), refused(/token is wrong/))
    }
    const short = await service().newToken(
      'alice',
      { name: 'short', expiresAt: app.services.now() + 60_000 },
      'root',
    )
    await people().signIn({ user: 'alice', token: short.token, address: address() })
    app.ahead(61_000)
    await assert.rejects(
      people().signIn({ user: 'alice', token: short.token, address: address() }),
      refused(/short has expired/),
    )
    await service().removeToken('alice', id, 'root')
    await assert.rejects(
      people().signIn({ user: 'alice', token, address: address() }),
      refused(/token is wrong/),
    )
    await service().removeTotp('alice', 'root')
  })

  for (const [user, message] of [
    ['disabled', /disabled is disabled/],
    ['expired', /expired has expired/],
    ['office', /may not sign in from 192\.0\.2/],
  ] as const) {
    test(`a token does not let in a user who is kept out: ${user}`, async () => {
      const { token } = await service().newToken(user, { name: 't' }, 'root')
      await assert.rejects(people().signIn({ user, token, address: address() }), refused(message))
    })
  }

  test('who is banned is kept out, with a token too, unless the address is exempt', async () => {
    const { token } = await service().newToken('from-file', { name: 't' }, 'root')
    app.services.server.ban({ kind: 'address', value: '198.51.100.0/24' })
    app.services.server.ban({ kind: 'user', value: 'alice' })
    await assert.rejects(
      people().signIn({ user: 'from-file', token, address: '198.51.100.7' }),
      refused(/banned/),
    )
    await people().signIn({ user: 'from-file', token, address: '203.0.113.9' })
    await assert.rejects(people().signIn({ user: 'alice', password: PASSWORD, address: address() }), {
      code: 'GATEWAY_SIGN_IN_REFUSED',
    })
    app.services.server.liftBan('user', 'alice')
  })

  test('users are identified with their groups; those who may not log in are not there', async () => {
    assert.deepEqual(await people().identify('from-file'), { groups: ['finance'] })
    assert.deepEqual(await people().identify('alice'), { groups: [] })
    for (const user of ['disabled', 'expired', 'nobody', '']) {
      assert.equal(await people().identify(user), undefined, user)
    }
  })
})
