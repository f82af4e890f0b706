import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { expected, inspect, LOGIN, PASV, type Said, sides, warnings } from './testing-inspection.ts'

const EXPECT_PASV = { type: 'expect', address: '10.0.0.9', port: 50_000, by: 'PASV', seconds: 60 }
const EXPECT_EPSV = { ...EXPECT_PASV, by: 'EPSV' }

describe('passive ports', () => {
  const replies: readonly (readonly [string, string, object | undefined])[] = [
    ['PASV', '227 Entering Passive Mode (10,0,0,9,195,80).', EXPECT_PASV],
    ['PASV', '227 =10,0,0,9,195,80', EXPECT_PASV],
    ['pasv', '227 Entering Passive Mode 10,0,0,9,195,80', EXPECT_PASV],
    ['PASV', '227-Listen\r\n227 (10,0,0,9,195,80)', EXPECT_PASV],
    ['PASV', '227-(10,0,0,9,195,80)\r\n227 Go', EXPECT_PASV],
    ['CPSV', '227 Entering Passive Mode (10,0,0,9,195,80).', EXPECT_PASV],
    ['EPSV', '229 Entering Extended Passive Mode (|||50000|)', EXPECT_EPSV],
    ['EPSV 1', '229 Entering Extended Passive Mode (!!!50000!)', EXPECT_EPSV],
    ['EPSV', '229 Ok (|1|192.0.2.1|50000|)', EXPECT_EPSV],
    ['EPSV ALL', '200 Only EPSV from now on.', undefined],
    ['PASV', '227 Entering Passive Mode.', undefined],
    ['PASV', '227 (10,0,0,9,0,0)', undefined],
    ['EPSV', '229 (|||0|)', undefined],
    ['EPSV', '229 (|||65536|)', undefined],
    ['EPSV', '522 Use (2)', undefined],
    ['NOOP', '227 Entering Passive Mode (10,0,0,9,195,80).', undefined],
    ['PASV', '229 Entering Extended Passive Mode (|||50000|)', undefined],
    ['EPSV', '227 Entering Passive Mode (10,0,0,9,195,80).', undefined],
  ]
  for (const [command, reply, note] of replies) {
    it(`${command} answered ${JSON.stringify(reply)} opens ${note ? 'that port' : 'nothing'}`, () => {
      const said: readonly Said[] = [...LOGIN, ['client', `${command}\r\n`], ['server', `${reply}\r\n`]]
      assert.deepEqual(expected(said), note ? [note] : [])
      assert.ok(inspect(said).toClient.endsWith(`${reply}\r\n`))
    })
  }

  it('the edge knows of the port before the client does', () => {
    const { order } = inspect([
      ['server', '220 R\r\n'],
      ['client', 'EPSV\r\n'],
      ['server', '229 (|||50000|)\r\n'],
    ])
    assert.deepEqual(order, ['to-client', 'to-server', 'expect', 'to-client'])
  })

  it('a port that nobody asked for is not opened', () => {
    assert.deepEqual(expected([['server', '220 R\r\n227 (10,0,0,9,195,80)\r\n229 (|||50000|)\r\n']]), [])
  })

  it('each of several requests opens its own port, also when they are sent ahead of a transfer', () => {
    const said: readonly Said[] = [
      ...LOGIN,
      ['client', 'EPSV\r\nRETR a\r\nEPSV\r\n'],
      ['server', '229 (|||50000|)\r\n150 Go\r\n226 Done\r\n229 (|||50001|)\r\n'],
    ]
    assert.deepEqual(expected(said), [EXPECT_EPSV, { ...EXPECT_EPSV, port: 50_001 }])
  })

  it('a server that names another address is told to the client by its own', () => {
    const said: readonly Said[] = [
      ...LOGIN,
      ['client', 'PASV\r\n'],
      ['server', '227-Hello\r\n227 Entering Passive Mode (203,0,113,7,195,80).\r\n'],
    ]
    const { toClient } = inspect(said)
    assert.ok(toClient.endsWith('230 Welcome.\r\n227 Entering Passive Mode (10,0,0,9,195,80).\r\n'))
    assert.deepEqual(expected(said), [EXPECT_PASV])
    assert.deepEqual(warnings(said), ['CON_FTP_FOREIGN_ADDRESS'])
  })

  it('a server that is reached over IPv6 and names an IPv4 address opens nothing', () => {
    const said: readonly Said[] = [...LOGIN, ...PASV]
    const { toClient, notes } = inspect(said, { server: '2001:db8::9' })
    assert.equal(toClient, sides(said, 'server'))
    assert.deepEqual(
      notes.filter(({ type }) => type === 'expect'),
      [],
    )
    assert.deepEqual(warnings(said, '2001:db8::9'), ['CON_FTP_FOREIGN_ADDRESS'])
  })

  it('an IPv4 address in the form of IPv6 is the same server', () => {
    assert.deepEqual(warnings([...LOGIN, ...PASV], '::ffff:10.0.0.9'), [])
  })
})
