import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openStore } from '@portolan/store'
import { AT, buildAccessPath } from './gateway/access-path.ts'
import { repliesOfVsftpd, sizeOf } from './gateway/transfer.ts'
import { endOf, untilOver } from './gateway/two-servers.ts'
import { skipNetwork } from './lab/network/namespaces.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { mustSucceed } from './support/programs.ts'
import { until } from './support/within.ts'

const skip = skipNetwork() || (await skipServer('vsftpd'))
const BREAK_OFF = fileURLToPath(new URL('./gateway/break-off.py', import.meta.url))
const IDLE_MS = 3_000
const CONTENT = Buffer.alloc(60_000_000, 'Nothing moves any more. ')
/** A transfer takes twice the idle time, and what the buffers on the way hold is taken in a third of it. */
const SLOWLY = '10M'

describe('the idle timeout', { skip, timeout: 120_000 }, () => {
  it('breaks a stalled transfer off for client and server, and leaves a control connection beside one that moves', async () => {
    await using path = await buildAccessPath({
      idleMs: IDLE_MS,
      segments: [
        {
          ...{ name: 'ftp', applications: [AT.server], ports: [{ from: 21, to: 21 }], inspection: 'ftp' },
          ...{ segmentGroup: 'all', serverGroup: 'servers' },
        },
      ],
    })
    const server = await path.startServer('vsftpd', { logsProtocol: true })
    await server.give('whole.bin', CONTENT)
    await path.startAgent(['--transparent'])
    await using store = await openStore({ folder: join(path.folder, 'store'), as: 'tool' })
    const from = Date.now()

    const { user, password, protocolLog = '' } = server
    const stall = (...what: readonly string[]) =>
      path.user.run('python3', [BREAK_OFF, 'stall', AT.server, '21', user, password, ...what])
    const url = `ftp://${user}:${password}@${AT.server}/whole.bin`
    const [upload, download, moving] = await Promise.all([
      stall('STOR', 'stalled.bin'),
      stall('RETR', 'whole.bin'),
      path.user.run('curl', ['-sS', '--limit-rate', SLOWLY, '-o', join(path.folder, 'moving'), url]),
    ])
    for (const stalled of [upload, download]) {
      const { stdout } = mustSucceed('python3', stalled)
      assert.equal(stdout, 'ConnectionResetError\nConnectionResetError\n')
    }
    mustSucceed('curl', moving)
    assert.equal(await sizeOf(join(path.folder, 'moving')), CONTENT.length)
    await until(async () => {
      const replies = await repliesOfVsftpd(protocolLog, 'stalled.bin')
      return (replies[0] ?? 0) >= 400 || `replies of the server: ${replies.join()}`
    })
    const ends = (await untilOver({ store }, from, 6)).map(endOf).sort()
    assert.deepEqual(
      ends.filter(end => end.endsWith('EDG_IDLE_TIMEOUT')),
      [...['control', 'control', 'data', 'data'].map(role => `${role} EDG_IDLE_TIMEOUT`)],
    )
  })
})
