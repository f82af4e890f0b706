import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Order, Task } from './client.ts'
import { allClients, CLIENT_NAMES } from './index.ts'

const clients = allClients({ debian: undefined, project: '/project', ceiling: '', node: '/node' })

const one: Task = { direction: 'down', files: 'one', tls: false, connections: 1 }
const many: Task = { ...one, files: 'many' }
const places = { host: '127.0.0.1', port: 2121, scratch: '/scratch' }
const LFTP_SETTINGS =
  /^set cmd:fail-exit yes; .*ftp:use-mode-z no; .*; open -u bench,bench ftp:\/\/127\.0\.0\.1:2121; /

/** The command line of a client, without its program. */
async function argumentsOf(name: string, task: Task, scratch = '/scratch'): Promise<string[]> {
  const client = clients.find(kind => kind.name === name)
  assert.ok(client !== undefined, `no client ${name}`)
  const [here, there] = task.files === 'one' ? ['/here/big.bin', '/big.bin'] : ['/here/many', '/many']
  const order: Order = {
    ...task,
    ...places,
    scratch,
    local: here,
    remote: there,
    names: task.files === 'many' ? ['0000.bin', '0001.bin'] : [],
  }
  return [...(await client.call(order)).args]
}

const ours = '/project/node_modules/.bin/portolan'
const url = 'ftp://bench@127.0.0.1:2121'
const withPassword = 'bench:bench@127.0.0.1:2121'
const ncftp = ['-V', '-u', 'bench', '-p', 'bench', '-P', '2121']

const lines: { name: string; task: Task; args: string[] }[] = [
  {
    name: 'portolan',
    task: one,
    args: [ours, 'get', `${url}/big.bin`, '-o', '/here/big.bin', '--tls', 'off'],
  },
  {
    name: 'portolan',
    task: { ...one, direction: 'up', tls: true },
    args: [ours, 'put', '/here/big.bin', `${url}/big.bin`, '--tls', 'explicit', '--insecure'],
  },
  {
    name: 'portolan',
    task: { ...many, connections: 8 },
    args: [ours, 'mirror', `${url}/many`, '/here/many', '--no-time', '--parallel', '8', '--tls', 'off'],
  },
  {
    name: 'portolan',
    task: { ...many, direction: 'up' },
    args: [ours, 'mirror', '/here/many', `${url}/many`, '--no-time', '--parallel', '1', '--tls', 'off'],
  },
  { name: 'ncftp', task: one, args: [...ncftp, '-C', '127.0.0.1', '/big.bin', '/here/big.bin'] },
  {
    name: 'ncftp',
    task: { ...one, direction: 'up' },
    args: [...ncftp, '-C', '127.0.0.1', '/here/big.bin', '/big.bin'],
  },
  { name: 'ncftp', task: many, args: [...ncftp, '-R', '-T', '127.0.0.1', '/here/many', '/many'] },
  {
    name: 'ncftp',
    task: { ...many, direction: 'up' },
    args: [...ncftp, '-R', '127.0.0.1', '/many', '/here/many'],
  },
  {
    name: 'wget',
    task: { ...one, tls: true },
    args: [
      ...['--no-config', '--quiet', '--no-check-certificate', '--secure-protocol=TLSv1_3'],
      ...['-O', '/here/big.bin', `ftps://${withPassword}/big.bin`],
    ],
  },
  {
    name: 'wget',
    task: many,
    args: ['--no-config', '--quiet', '-r', '-nH', '-P', '/here/many', `ftp://${withPassword}/many/`],
  },
]

for (const { name, task, args } of lines) {
  test(`${name} is called for ${JSON.stringify(task)}`, async () => {
    assert.deepEqual(await argumentsOf(name, task), args)
  })
}

const scripts: { name: string; task: Task; last: string; has?: RegExp }[] = [
  { name: 'lftp', task: one, last: 'get /big.bin -o /here/big.bin', has: /ftp:ssl-allow no/ },
  {
    name: 'lftp',
    task: { ...one, direction: 'up', tls: true },
    last: 'put /here/big.bin -o /big.bin',
    has: /ftp:ssl-force yes/,
  },
  { name: 'lftp', task: many, last: 'mirror --no-perms /many /here/many', has: /ftp:sync-mode yes/ },
  {
    name: 'lftp-async',
    task: { ...many, connections: 8, direction: 'up' },
    last: 'mirror -R --no-perms -P8 /here/many /many',
    has: /ftp:sync-mode no/,
  },
]

for (const { name, task, last, has } of scripts) {
  test(`${name} is given a script for ${JSON.stringify(task)}`, async () => {
    const [norc, c, script = ''] = await argumentsOf(name, task)
    assert.deepEqual([norc, c], ['--norc', '-c'])
    assert.match(script, LFTP_SETTINGS)
    assert.equal(script.split('; ').at(-1), last)
    if (has !== undefined) assert.match(script, has)
  })
}

test('curl is given all files in one settings file', async t => {
  const scratch = await mkdtemp(join(tmpdir(), 'bench-curl-'))
  t.after(() => rm(scratch, { recursive: true }))
  const args = await argumentsOf('curl', { ...many, direction: 'up', connections: 8 }, scratch)
  assert.deepEqual(args.slice(-5), ['--parallel', '--parallel-max', '8', '--config', join(scratch, 'pairs')])
  assert.deepEqual((await readFile(join(scratch, 'pairs'), 'utf8')).split('\n'), [
    'url = "ftp://127.0.0.1:2121/many/0000.bin"',
    'upload-file = "/here/many/0000.bin"',
    'url = "ftp://127.0.0.1:2121/many/0001.bin"',
    'upload-file = "/here/many/0001.bin"',
    '',
  ])
})

test('the names that --only takes are those of the clients', () => {
  assert.deepEqual(
    clients.map(client => client.name),
    CLIENT_NAMES,
  )
})

test('those that cannot do a task say why', () => {
  const unable = (task: Task) =>
    clients.filter(client => client.cannot(task) !== undefined).map(client => client.name)
  assert.deepEqual(unable(one), ['lftp-async'])
  assert.deepEqual(unable({ ...one, tls: true }), ['lftp-async', 'ncftp'])
  assert.deepEqual(unable({ ...one, direction: 'up' }), ['lftp-async', 'wget'])
  assert.deepEqual(unable({ ...many, connections: 8 }), ['ncftp', 'wget', 'basic-ftp'])
})
