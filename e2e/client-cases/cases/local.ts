import { createWriteStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ClientCase } from '../case.ts'

/** Files and folders on this side that cannot be written: the session is not to blame. */
export const LOCAL_CASES: readonly ClientCase[] = [
  {
    name: 'a download into a folder that does not exist',
    why: 'local errors',
    server: { files: { a: 10 } },
    async run(client, { target, failure }) {
      await failure(client.download('a', target('no/such/a')), {
        code: 'FTP_LOCAL',
        phase: 'local',
        message: /does not exist/,
      })
      return client.raw('NOOP')
    },
    expect: { result: { code: 200 } },
    received: { RETR: 0 },
    sessions: 1,
  },
  {
    name: 'a disk that is full: no file under its name, and the session stays usable',
    why: 'disk full',
    server: { files: { a: 1_000_000 } },
    needs: 'mounts',
    async run(client, { smallDisk, failure }) {
      await using disk = await smallDisk(65_536)
      await failure(client.download('a', join(disk.path, 'a')), {
        code: 'FTP_LOCAL',
        phase: 'local',
        message: /disk is full/,
      })
      const { code } = await client.raw('NOOP')
      return { code, there: (await readdir(disk.path)).includes('a') }
    },
    expect: { result: { code: 200, there: false } },
    sessions: 1,
  },
  {
    name: 'a device that is full, as a stream',
    why: 'disk full',
    server: { files: { a: 1_000_000 } },
    async run(client, { failure }) {
      const full = createWriteStream('/dev/full').on('error', () => {})
      await failure(client.download('a', full), {
        code: 'FTP_LOCAL',
        phase: 'local',
        message: /disk is full/,
      })
      return client.raw('NOOP')
    },
    expect: { result: { code: 200 } },
    sessions: 1,
  },
  {
    name: 'a download onto a folder',
    why: 'target is a folder',
    server: { files: { a: 10 } },
    async run(client, { target, failure }) {
      await failure(client.download('a', dirname(target('a'))), { code: 'FTP_LOCAL', message: /folder/ })
      return client.raw('NOOP')
    },
    expect: { result: { code: 200 } },
    sessions: 1,
  },
  {
    name: 'a download below a file',
    why: 'unwritable',
    server: { files: { a: 10 } },
    async run(client, { target, failure }) {
      await writeFile(target('f'), 'x')
      await failure(client.download('a', join(target('f'), 'a')), { code: 'FTP_LOCAL' })
      return client.raw('NOOP')
    },
    expect: { result: { code: 200 } },
    after: { f: 'x' },
    sessions: 1,
  },
]
