import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { LAB_SERVERS } from '../lab/servers/kinds.ts'
import { startServer } from '../lab/servers/start.ts'
import { skipServer } from '../lab/servers/workshop.ts'
import { makeStand } from './stand.ts'

const CONTENTS: Readonly<Record<string, Buffer>> = {
  'a report.txt': Buffer.from('one\r\ntwo\n'),
  'empty.bin': Buffer.alloc(0),
  'large.bin': randomBytes(3_000_000),
  'sub/näme.txt': Buffer.from('umlaut'),
}

for (const { kind, label, can } of LAB_SERVERS) {
  if (kind === 'pyftpdlib') continue
  const skip = await skipServer(kind)
  describe(`sites at ${label}`, { skip }, () => {
    for (const tls of ['off', 'explicit', 'implicit'] as const) {
      if (tls === 'implicit' && !can.implicit) continue
      it(`take and give files, passive and active, ${tls === 'off' ? 'in the clear' : `by ${tls} TLS`}`, async () => {
        const reuse = tls !== 'off' && can.reuse
        await using server = await startServer(kind, { tls, ...(reuse && { sessionReuse: 'required' }) })
        await using stand = await makeStand()
        const ca = server.certificate === undefined ? undefined : await readFile(server.certificate, 'utf8')
        const protocols = { off: 'ftp', explicit: 'ftps-explicit', implicit: 'ftps-implicit' } as const
        const engine = await stand.engine()
        for (const mode of ['passive', 'active'] as const) {
          const name = `${label} ${mode}`
          await stand.site(
            name,
            {
              host: server.host,
              port: server.port,
              protocol: protocols[tls],
              user: server.user,
              enableActiveMode: mode === 'active',
              ...(ca !== undefined && { tls: { ca } }),
              retry: { first: 0.2, attempts: 3 },
            },
            server.password,
          )
          const out = join(stand.folder, `out-${mode}`)
          await mkdir(join(out, 'sub'), { recursive: true })
          for (const [path, bytes] of Object.entries(CONTENTS)) await writeFile(join(out, path), bytes)
          await stand.transfer(`send ${mode}`, {
            steps: [
              {
                do: 'push',
                site: name,
                from: { folder: `/out-${mode}` },
                subfolders: true,
                to: `box-${mode}/new`,
                onSuccess: { do: 'move', to: 'sent' },
                remoteOnSuccess: { do: 'rename', to: 'got {name}' },
              },
            ],
          })
          const sent = await stand.run(engine, `send ${mode}`)
          assert.deepEqual([sent.state, sent.error], ['succeeded', undefined])
          const there = await readdir(join(server.files, `box-${mode}/new`), { recursive: true })
          assert.deepEqual(there.sort(), [
            'got a report.txt',
            'got empty.bin',
            'got large.bin',
            'sub',
            'sub/got näme.txt',
          ])
          assert.deepEqual(await stand.names(`out-${mode}/sent`), ['a report.txt', 'empty.bin', 'large.bin'])

          await mkdir(join(stand.folder, `in-${mode}`))
          await stand.transfer(`fetch ${mode}`, {
            steps: [
              {
                do: 'pull',
                site: name,
                from: `box-${mode}/new`,
                subfolders: true,
                to: { folder: `/in-${mode}` },
                quietSeconds: 0,
                remoteOnSuccess: { do: 'move', to: '/fetched' },
              },
            ],
          })
          const fetched = await stand.run(engine, `fetch ${mode}`)
          assert.deepEqual([fetched.state, fetched.error, fetched.files], ['succeeded', undefined, 4])
          for (const [path, bytes] of Object.entries(CONTENTS)) {
            const slash = path.lastIndexOf('/') + 1
            const got = `${path.slice(0, slash)}got ${path.slice(slash)}`
            assert.ok(bytes.equals(await stand.read(join(`in-${mode}`, got))), got)
          }
          const { items } = await stand.store.initiated.runs.files(sent.id, { offset: 0, limit: 10 })
          for (const row of items)
            assert.match(row.mode ?? '', new RegExp(`^${mode}.*${tls === 'off' ? '' : 'TLSv1'}`))
          assert.equal((await stand.run(engine, `fetch ${mode}`)).files, 0)
        }
      })
    }
  })
}
