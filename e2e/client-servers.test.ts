import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { LAB_SERVERS, type LabServerKind } from './lab/servers/kinds.ts'
import { type LabServer, startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { runPortolan } from './support/command.ts'
import { mustSucceed } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'

const FILE = randomFillSync(Buffer.alloc(1_500_000))
/** A tree with a file of each kind that clients get wrong. */
const TREE: Readonly<Record<string, Buffer>> = {
  'a.txt': Buffer.from('one\r\ntwo\n'),
  empty: Buffer.alloc(0),
  'with blank.bin': randomFillSync(Buffer.alloc(70_000)),
  'sub/näme.txt': Buffer.from('umlaut'),
  'sub/deeper/z.bin': randomFillSync(Buffer.alloc(3_000)),
}

const TLS = ['off', 'explicit', 'implicit'] as const
const MODES = ['passive', 'active'] as const

/** pyftpdlib leaves a new connection unanswered now and then while another one ends: the next try has to do. */
const RETRIES = ['--timeout', '5', '--retries', '2']

/** What the table at the end says. */
const rows: string[] = []

for (const server of LAB_SERVERS) {
  const skip = await skipServer(server.kind)
  describe(`portolan get, put and mirror with ${server.label}`, { skip }, () => {
    for (const tls of TLS) {
      if (tls === 'implicit' && !server.can.implicit) {
        row(server, tls, '–', 'it has no implicit TLS')
        continue
      }
      it(`move real files, ${tls === 'off' ? 'in the clear' : `by ${tls} TLS`}`, async () => {
        const reuse = tls !== 'off' && server.can.reuse
        await using running = await startServer(server.kind, {
          tls,
          ...(reuse && { sessionReuse: 'required' }),
        })
        for (const mode of MODES) {
          const flags = ['--mode', mode, '--tls', tls, ...trust(running)]
          await moveEverything(running, flags)
          row(server, tls, mode, `get, put, mirror both ways${reuse ? ', session reuse required' : ''}`)
        }
      })
    }
  })
}

after(() => {
  console.log(['', 'What portolan moved, and with whom:', ...rows, ''].join('\n'))
})

function row({ label }: LabServerKind, tls: string, mode: string, what: string): void {
  rows.push(`  ${label.padEnd(10)} ${tls.padEnd(9)} ${mode.padEnd(8)} ${what}`)
}

function trust({ certificate }: LabServer): readonly string[] {
  return certificate === undefined ? [] : ['--ca', certificate]
}

async function moveEverything(server: LabServer, flags: readonly string[]): Promise<void> {
  await using scratch = await makeScratch()
  const { user, password, host, port } = server
  const url = `ftp://${user}@${host}:${port}`
  const portolan = async (...args: string[]) =>
    mustSucceed(
      `portolan ${args.join(' ')}`,
      await runPortolan([...args, ...flags, ...RETRIES], {
        cwd: scratch.path,
        env: { PORTOLAN_PASSWORD: password, HOME: scratch.path },
      }),
    )
  const source = join(scratch.path, 'source')
  await writeTree(source)
  await writeFile(join(scratch.path, 'file.bin'), FILE)

  await portolan('put', 'file.bin', `${url}/put.bin`)
  assert.ok((await readFile(join(server.files, 'put.bin'))).equals(FILE), 'what put sent')

  await portolan('get', `${url}/put.bin`, '-o', 'got.bin')
  assert.ok((await readFile(join(scratch.path, 'got.bin'))).equals(FILE), 'what get fetched')

  await portolan('mirror', 'source', `${url}/tree`, '--parallel', '2')
  await checkTree(join(server.files, 'tree'))

  await portolan('mirror', `${url}/tree`, 'copy', '--parallel', '2')
  await checkTree(join(scratch.path, 'copy'))

  const again = await portolan('mirror', `${url}/tree`, 'copy', '--json')
  const summary = again.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .at(-1)
  assert.equal(summary.mirror.transferred, 0, `a second mirror has nothing to do: ${again.stdout}`)
  await portolan('rm', '-r', `${url}/tree`)
  await portolan('rm', `${url}/put.bin`)
  assert.deepEqual(await readdir(server.files), [])
}

async function writeTree(folder: string): Promise<void> {
  for (const [name, bytes] of Object.entries(TREE)) {
    const path = join(folder, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, bytes)
  }
  await mkdir(join(folder, 'no files here'))
}

async function checkTree(folder: string): Promise<void> {
  for (const [name, bytes] of Object.entries(TREE)) {
    assert.ok((await readFile(join(folder, name))).equals(bytes), `${name} in ${folder}`)
  }
  assert.ok((await stat(join(folder, 'no files here'))).isDirectory())
  const all = await readdir(folder, { recursive: true })
  assert.equal(all.length, Object.keys(TREE).length + 3, `nothing else is there: ${all}`)
}
