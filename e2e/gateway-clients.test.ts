import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ClientKind, DataCommand, Target } from './clients/client.ts'
import { dataWay } from './clients/client.ts'
import { curl } from './clients/curl.ts'
import { ftplib } from './clients/ftplib.ts'
import { lftp } from './clients/lftp.ts'
import { ncftp } from './clients/ncftp.ts'
import { SERVER } from './gateway/network.ts'
import { type AccessStand, startStand } from './gateway/stand.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import type { LabServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'

const skip = skipNetwork() || (await skipServer('vsftpd')) || (await skipServer('proftpd'))
const CONTENT = randomBytes(300_000)
const WAYS: readonly (readonly [ClientKind, DataCommand])[] = [
  [curl, 'EPSV'],
  [curl, 'PASV'],
  [lftp, 'PASV'],
  [ncftp, 'PASV'],
  [ftplib, 'PASV'],
]

describe('clients that know of nothing, through an agent that takes their connections', { skip }, () => {
  const cleanup = new AsyncDisposableStack()
  let stand: AccessStand
  let scratch: Scratch
  before(async () => {
    scratch = cleanup.use(await makeScratch())
    stand = cleanup.use(await startStand(['--ports', '50000-50099']))
    await stand.startEdge('edge1', 8443)
    await stand.startConnector('con1')
    await stand.startAgent({ flags: ['--transparent', '--socks', '127.0.0.1:1080'] })
  })
  after(() => cleanup.disposeAsync())

  const connect = (client: ClientKind, server: LabServer, command: DataCommand, tls: Target['tls']) =>
    client.connect({
      ...dataWay(command),
      ...{ host: SERVER, port: server.port, user: server.user, password: server.password, tls },
      ...(server.certificate !== undefined && { certificate: server.certificate }),
      ...{ scratch: scratch.path, launcher: stand.network.user.launcher },
    })

  for (const kind of ['vsftpd', 'proftpd', 'portolan'] as const) {
    it(`move files to and from ${kind} in passive mode, in the clear and by TLS, and fail in active mode`, async () => {
      await using server = await stand.startServer(kind, { tls: 'explicit' })
      const local = join(scratch.path, `${kind}.bin`)
      await writeFile(local, CONTENT)
      const move = async ([client, command]: (typeof WAYS)[number], tls: 'none' | 'explicit') => {
        if (!client.tls.includes(tls)) return
        const what = `${client.name} ${command} ${tls}`
        await using connected = await connect(client, server, command, tls)
        // Clients close on tickets that they have not read, and vsftpd answers 426 now and then, without an agent, too.
        const cannot = kind === 'vsftpd' && tls !== 'none'
        if (cannot) await server.give(`${what}.bin`, CONTENT)
        else await connected.upload(local, `/${what}.bin`)
        assert.ok(CONTENT.equals(await readFile(join(server.files, `${what}.bin`))), `${what}: upload`)
        const copy = join(scratch.path, `${kind} ${what}`)
        await connected.download(`/${what}.bin`, copy)
        assert.ok(CONTENT.equals(await readFile(copy)), `${what}: download`)
      }
      // At the same time: each of them is a user's session, and ProFTPD takes its time before it greets.
      for (const tls of ['none', 'explicit'] as const) await Promise.all(WAYS.map(way => move(way, tls)))
      await using active = await connect(curl, server, 'PORT', 'none')
      // The server's own refusal of an address that is not its client's, or its attempt to dial that fails.
      await assert.rejects(active.download('/curl PASV none.bin', `${local}.active`), /(30|10|12|56)\b/)
    })
  }

  it('by SOCKS the same server is reached, by a name of its own choosing', async () => {
    await using server = await stand.startServer('vsftpd')
    await server.give('a.txt', 'by socks\n')
    const url = `ftp://${server.user}:${server.password}@${SERVER}/a.txt`
    const ran = await stand.network.user.run('curl', ['-sS', '-x', 'socks5h://127.0.0.1:1080', url])
    assert.deepEqual([ran.code, ran.stdout], [0, 'by socks\n'], ran.stderr)
  })
})
