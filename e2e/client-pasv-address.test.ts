import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { skipNetwork } from './lab/network/namespaces.ts'
import { buildTopology, type Topology } from './lab/network/topology.ts'
import type { LabServer } from './lab/servers/start.ts'

const ADVERTISED = '10.0.0.1'
const REPLACED = 'Server sent passive reply with unroutable address 10.0.0.1, using host address instead.'

describe('a server at a public address that tells 10.0.0.1 in its PASV reply', {
  skip: skipNetwork(),
}, () => {
  let topology: Topology
  let server: LabServer

  before(async () => {
    topology = await buildTopology('direct')
    server = await topology.startServer('vsftpd', { masquerade: ADVERTISED })
    await server.give('proof.txt', 'it came')
  })
  after(async () => {
    await topology?.[Symbol.asyncDispose]()
  })

  const cases = [
    {
      setting: 'control',
      works: true,
      says: `of the control connection; the server suggested ${ADVERTISED}`,
    },
    { setting: 'auto', works: true, says: REPLACED },
    { setting: 'server', works: false, says: ADVERTISED },
    {
      setting: 'the server’s own address',
      works: true,
      says: 'which is set for passive mode, instead of the one suggested by the server',
    },
  ]
  for (const { setting, works, says } of cases) {
    const outcome = works ? 'lists' : 'fails at the data connection, at the address it was told'
    it(`${outcome} with --pasv-address ${setting}`, async () => {
      const value = setting.includes(' ') ? server.host : setting
      const { user, password, host, port } = server
      const result = await topology.client.portolan([
        ...['ls', `ftp://${user}:${password}@${host}:${port}/`],
        ...['--pasv-address', value, '--no-epsv', '--retries', '0', '--timeout', '2', '-v'],
      ])
      assert.equal(result.code, works ? 0 : 4, result.stderr)
      assert.equal(result.stdout.includes('proof.txt'), works)
      assert.match(result.stderr, /227 .*10,0,0,1/)
      assert.ok(result.stderr.includes(says), result.stderr)
      if (setting !== 'auto') assert.ok(!result.stderr.includes(REPLACED))
    })
  }
})
