import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SERVER } from './gateway/network.ts'
import { startStand } from './gateway/stand.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import { skipServer } from './lab/servers/workshop.ts'

const skip = skipNetwork() || (await skipServer('vsftpd'))

describe('edge, connector and agent, three commands', { skip }, () => {
  it('bring curl a file of a vsftpd to which the user has no way, and nothing listens beside it', async () => {
    await using stand = await startStand(['--ports', '50000-50099'])
    const { user, connectors } = stand.network
    const server = await stand.startServer('vsftpd')
    await server.give('report.txt', 'the report\n')
    const url = `ftp://${server.user}:${server.password}@${SERVER}/report.txt`
    const direct = await user.run('curl', ['-sS', '--connect-timeout', '2', url])
    assert.notEqual(direct.code, 0)

    await stand.startEdge('edge1', 8443)
    await stand.startConnector('con1')
    await stand.startAgent()
    const fetched = await user.run('curl', ['-sS', '--socks5-hostname', '127.0.0.1:1080', url])
    assert.deepEqual([fetched.code, fetched.stdout], [0, 'the report\n'], fetched.stderr)
    const listening = await connectors[0].run('ss', ['-Hltnu'])
    assert.equal(listening.stdout, '')
  })
})
