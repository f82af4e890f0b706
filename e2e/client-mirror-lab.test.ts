import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { FtpClient, type MirrorOptions, mirror } from '@portolan/client'
import { AWKWARD, makeTree, readTree } from './client-mirror/trees.ts'
import { LAB_SERVERS } from './lab/servers/kinds.ts'
import { type LabServer, startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'

/** What links point to: the others tell that they are links, or follow them themselves. */
const TELL_TARGETS = new Set(['portolan', 'vsftpd'])
const rows = await Promise.all(LAB_SERVERS.map(async one => ({ ...one, skip: await skipServer(one.kind) })))

for (const { kind, label, skip, can } of rows) {
  const tellsTargets = TELL_TARGETS.has(kind)
  for (const tls of ['off', 'explicit'] as const) {
    describe(`${label}, TLS ${tls}`, { skip: skip || (tls !== 'off' && !can.tls && 'no TLS') }, () => {
      let server: LabServer
      let scratch: Scratch
      before(async () => {
        server = await startServer(kind, { tls })
        scratch = await makeScratch()
        await makeTree(join(scratch.path, 'there'), AWKWARD)
      })
      after(async () => {
        await server?.stop()
        await scratch?.[Symbol.asyncDispose]()
      })

      const run = async (
        direction: MirrorOptions['direction'],
        local: string,
        more: Partial<MirrorOptions> = {},
      ) => {
        const { host, port, user, password, certificate } = server
        await using client = new FtpClient({
          ...{ host, port, user, password, tls, connections: 3 },
          ...(certificate !== undefined && { tlsOptions: { ca: readFileSync(certificate, 'utf8') } }),
        })
        const options = { direction, remote: 'tree', local: join(scratch.path, local), ...more }
        const summary = await mirror(client, options)
        const { entries, transferred, unchanged, links, folders, skipped, failed } = summary
        assert.equal(transferred + unchanged + links + folders + skipped + failed.length, entries)
        assert.deepEqual(
          failed.map(({ path, error }) => `${path}: ${error.message}`),
          [],
        )
        return summary
      }

      it('takes a tree up and brings it down again, and has nothing to do the second time, either way', async () => {
        await run('upload', 'there')
        const again = await run('upload', 'there', { delete: true })
        assert.deepEqual([again.transferred, again.foldersMade, again.deleted], [0, 0, 0])
        await run('download', 'back')
        assert.deepEqual(await readTree(join(scratch.path, 'back')), AWKWARD)
        const back = await run('download', 'back', { delete: true })
        assert.deepEqual([back.transferred, back.foldersMade, back.deleted], [0, 0, 0])
      })

      it('comes to an end in a tree whose links lead in circles, whatever the server makes of them', async () => {
        await makeTree(join(server.files, 'links'), {
          'real/a': 'aa',
          'to-file -> real/a': '',
          'to-folder -> real': '',
          'circle -> .': '',
          'real/up -> ..': '',
          'dangling -> nowhere': '',
        })
        for (const links of ['skip', 'copy', 'follow'] as const) {
          const local = join(scratch.path, links)
          const { host, port, user, password, certificate } = server
          await using client = new FtpClient({
            ...{ host, port, user, password, tls, connections: 3 },
            ...(certificate !== undefined && { tlsOptions: { ca: readFileSync(certificate, 'utf8') } }),
          })
          const { failed } = await mirror(client, { direction: 'download', remote: 'links', local, links })
          assert.deepEqual(
            [...new Set(failed.map(({ error }) => error.code))].join(),
            failed.length > 0 ? 'FTP_NAME' : '',
          )
          const tree = await readTree(local)
          assert.equal(tree['real/a'], 'aa')
          if (links === 'follow') assert.deepEqual([tree['to-file'], tree['to-folder/a']], ['aa', 'aa'])
          if (links === 'copy' && tellsTargets) assert.ok('to-folder -> real' in tree)
        }
      })

      it('removes what is not wanted any more', async () => {
        await rm(join(scratch.path, 'there/.folder'), { recursive: true })
        await rm(join(scratch.path, 'there/[folder]'), { recursive: true })
        await rm(join(scratch.path, 'there/-rf'))
        const summary = await run('upload', 'there', { delete: true })
        assert.deepEqual([summary.deleted, summary.notDeleted, summary.deleteRefused], [5, [], undefined])
        await run('download', 'back', { delete: true })
        assert.deepEqual(
          await readTree(join(scratch.path, 'back')),
          await readTree(join(scratch.path, 'there')),
        )
      })
    })
  }
}
