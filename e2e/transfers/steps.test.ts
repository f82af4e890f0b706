import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcp, type Socket } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { PASSWORD, startEmbedded } from '../support/embedded.ts'
import { until } from '../support/within.ts'
import { makeStand } from './stand.ts'

/** One of the user `out`, whose home is the folder of that name. */
const FILE = { 'file.path': '/a.txt', 'file.user': 'out' }

async function makeFile(folder: string, content = 'hello'): Promise<void> {
  await mkdir(join(folder, 'out'), { recursive: true })
  await writeFile(join(folder, 'out/a.txt'), content)
}

test('steps go on with what the one before has left', async () => {
  await using server = await startEmbedded()
  await using stand = await makeStand()
  await makeFile(stand.folder)
  await stand.site('partner', { ...server.at(), protocol: 'ftp', user: 'partner' }, PASSWORD)
  await stand.transfer('send', {
    steps: [
      { do: 'rename', to: '{stem}-{transfer}.{extension}' },
      { do: 'compress' },
      { do: 'checksum-file' },
      { do: 'push', site: 'partner', onSuccess: { do: 'move', to: 'sent' } },
      { do: 'delete' },
    ],
  })
  const run = await stand.run(await stand.engine(), 'send', FILE)
  assert.deepEqual([run.state, run.error], ['succeeded', undefined])
  const got = await readFile(join(server.home('partner'), 'a-send.txt.gz'))
  assert.equal(gunzipSync(got).toString(), 'hello')
  assert.match(
    await readFile(join(server.home('partner'), 'a-send.txt.gz.sha256'), 'utf8'),
    /^[0-9a-f]{64} {2}a-send\.txt\.gz\n$/,
  )
  assert.deepEqual(await stand.names('out'), ['sent'])
  assert.deepEqual(await stand.names('out/sent'), [])
})

test('zstd and the other checksums', async () => {
  await using stand = await makeStand()
  await makeFile(stand.folder)
  await stand.transfer('pack', {
    steps: [
      { do: 'compress', format: 'zstd' },
      { do: 'checksum-file', algorithm: 'md5' },
    ],
  })
  assert.equal((await stand.run(await stand.engine(), 'pack', FILE)).state, 'succeeded')
  assert.deepEqual(await stand.names('out'), ['a.txt.zst', 'a.txt.zst.md5'])
  assert.equal(zstdDecompressSync(await stand.read('out/a.txt.zst')).toString(), 'hello')
})

test('a webhook is called with what the run has, signed, and again until it takes it', async t => {
  const bodies: { body: string; signature: string | undefined }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', piece => {
      body += piece
    })
    request.on('end', () => {
      const signature = request.headers['x-portolan-signature']
      bodies.push({ body, signature: typeof signature === 'string' ? signature : undefined })
      response.writeHead(bodies.length === 1 ? 503 : 204).end()
    })
  })
  const url = await listenHttp(t, server)
  await using stand = await makeStand()
  await makeFile(stand.folder)
  await stand.transfer('tell', { steps: [{ do: 'webhook', url }], retry: { first: 0 } })
  const run = await stand.run(await stand.engine({ webhookKey: () => 'key' }), 'tell', FILE)
  assert.deepEqual([run.state, run.attempt], ['succeeded', 2])
  const { body, signature = '' } = bodies[1] ?? { body: '' }
  const [, seconds, hash] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  assert.equal(hash, createHmac('sha256', 'key').update(`${seconds}.${body}`).digest('hex'))
  assert.equal(JSON.parse(body).run, run.id)
  assert.equal(JSON.parse(body).files.length, 1)
})

async function listenHttp(t: TestContext, server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/hook`
}

/** A mail server that takes everything. */
async function makeMailServer(t: TestContext) {
  const letters: string[] = []
  const serve = (socket: Socket) => {
    let text = ''
    let inData = false
    socket.write('220 mail\r\n')
    socket
      .on('error', () => {})
      .on('data', piece => {
        text += piece
        for (;;) {
          const end = inData ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n')
          if (end < 0) return
          const line = text.slice(0, end)
          text = text.slice(end + (inData ? 5 : 2))
          if (inData) letters.push(line)
          socket.write(
            inData
              ? '250 Taken\r\n'
              : line === 'DATA'
                ? '354 Go on\r\n'
                : line === 'QUIT'
                  ? '221 Bye\r\n'
                  : '250 Yes\r\n',
          )
          inData = !inData && line === 'DATA'
        }
      })
  }
  const server = createTcp(serve)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { letters, way: { host: '127.0.0.1', port, tls: 'off' as const, from: 'portolan@example.com' } }
}

test('a letter tells of a file; an alert tells of a failure, and what is to be done then is done', async t => {
  const { letters, way } = await makeMailServer(t)
  await using stand = await makeStand()
  await makeFile(stand.folder)
  await stand.transfer('tell', {
    steps: [
      { do: 'mail', to: ['bob@example.com'], subject: '{name} is here', text: 'Run {run}.' },
      { do: 'push', site: 'nobody', onFailure: { do: 'move', to: 'failed' } },
    ],
    onFailure: [{ do: 'mail', to: ['carol@example.com'], subject: 'It went wrong' }],
    alerts: { mail: ['dave@example.com'] },
  })
  const run = await stand.run(await stand.engine({ mail: () => way }), 'tell', FILE)
  assert.deepEqual([run.state, run.error?.code, run.attempt], ['failed', 'TRANSFER_MISSING', 1])
  assert.equal(letters.length, 3)
  assert.match(letters[0] ?? '', /^Subject: a\.txt is here\r$/m)
  assert.match(letters[0] ?? '', new RegExp(`Run ${run.id}`))
  assert.match(letters[1] ?? '', /^To: carol@example\.com\r$/m)
  assert.match(letters[2] ?? '', /^Subject: tell: failed\r$/m)
})

test('a program of the allow list is run without a shell, with a clean environment; no other is', async () => {
  await using stand = await makeStand()
  await makeFile(stand.folder)
  const program = join(stand.folder, 'program.sh')
  await writeFile(
    program,
    `#!/bin/sh\n{ echo "$#:$1:$PORTOLAN_FILE"; env | cut -d= -f1 | sort | tr '\\n' ' '; } > "${stand.folder}/said"\n`,
  )
  await chmod(program, 0o755)
  const programs = () => ({ note: program, fails: '/bin/false', gone: '/nowhere/program' })
  const engine = await stand.engine({ programs })
  await stand.transfer('note', {
    steps: [{ do: 'program', program: 'note', arguments: ['$(id) {name}; x'] }],
  })
  assert.equal((await stand.run(engine, 'note', FILE)).state, 'succeeded')
  const [first, names = ''] = (await stand.read('said')).toString().split('\n')
  assert.equal(first, `1:$(id) a.txt; x:${join(stand.folder, 'out/a.txt')}`)
  for (const name of names.trim().split(' '))
    assert.match(name, /^(PATH|LANG|PWD|OLDPWD|SHLVL|_|PORTOLAN_[A-Z]+)$/)
  for (const name of ['fails', 'gone', 'rm']) {
    await stand.transfer(name, { steps: [{ do: 'program', program: name }] })
    const run = await stand.run(engine, name)
    assert.deepEqual([run.state, run.error?.code], ['failed', 'RUN_PROGRAM'], name)
  }
})

test('a program is ended with its run', async () => {
  await using stand = await makeStand()
  const engine = await stand.engine({ programs: () => ({ sleep: '/bin/sleep' }) })
  await stand.transfer('wait', { steps: [{ do: 'program', program: 'sleep', arguments: ['600'] }] })
  const { id } = await engine.request('wait', { text: 'a test asks', properties: {} })
  await until(async () => (await stand.store.initiated.runs.get(id))?.state === 'running' || 'not running')
  assert.equal(await engine.cancel(id), true)
  await engine.idle(AbortSignal.timeout(10_000))
  assert.equal((await stand.store.initiated.runs.get(id))?.state, 'cancelled')
  assert.equal(await engine.cancel(id), false)
})

test('a file that arrives begins its transfer, and the end of that begins another', async () => {
  await using server = await startEmbedded()
  await using stand = await makeStand()
  await mkdir(join(stand.folder, 'alice/outbox'), { recursive: true })
  await stand.site('partner', { ...server.at(), protocol: 'ftp', user: 'partner' }, PASSWORD)
  await stand.transfer('send', {
    trigger: { on: 'arrival', place: { user: 'alice', path: '/outbox' }, pattern: '*.csv' },
    steps: [{ do: 'push', site: 'partner', to: 'from-alice', onSuccess: { do: 'move', to: '/sent' } }],
  })
  await stand.transfer('after', {
    trigger: { on: 'run-ended', transfer: 'send' },
    steps: [{ do: 'program', program: 'touch', arguments: [join(stand.folder, '{run.state}')] }],
  })
  const engine = await stand.engine({ programs: () => ({ touch: '/usr/bin/touch' }) })
  await writeFile(join(stand.folder, 'alice/outbox/a.csv'), 'hello')
  engine.arrived({ user: 'alice', path: '/outbox/a.csv' })
  await engine.idle(AbortSignal.timeout(20_000))
  assert.equal(await readFile(join(server.home('partner'), 'from-alice/a.csv'), 'utf8'), 'hello')
  assert.deepEqual(await stand.names('alice/sent'), ['a.csv'])
  assert.ok(await stat(join(stand.folder, 'succeeded')))
})
