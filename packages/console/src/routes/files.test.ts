import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { hashPassword, type ServerEvent } from '@portolan/server'
import { loadSettings } from '@portolan/settings'
import { startNode } from '../node/node.ts'

const PASSWORD = 'correct horse'
const events: ServerEvent[] = []
let folder = ''
let home = ''
let url = ''
let cookie = ''
let csrf = ''
let setupToken = ''
let stop = async () => {}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'files-routes-'))
  home = join(folder, 'home')
  mkdirSync(home)
  const file = join(folder, 'portolan.yaml')
  const ann = { name: 'ann', password: await hashPassword(PASSWORD), home }
  const settings = {
    listeners: [{ host: '127.0.0.1', port: 0, tls: 'off' }],
    passive: { enabled: false },
    uploads: { durable: false },
    console: { port: 0 },
    users: [ann],
  }
  writeFileSync(file, JSON.stringify(settings))
  const node = await startNode({
    place: { folder: join(folder, 'data') },
    load: stored => loadSettings({ file, ...stored }),
    version: '0',
    log: () => {},
    onEvent: event => void events.push(event),
  })
  stop = async () => node[Symbol.asyncDispose]()
  url = node.consoleUrl ?? ''
  setupToken = node.setupUrl?.split('#')[1] ?? ''
  const response = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ realm: 'user', name: 'ann', password: PASSWORD }),
  })
  assert.equal(response.status, 200)
  cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  csrf = String(((await response.json()) as { csrf: unknown }).csrf)
})

after(async () => {
  await stop()
  rmSync(folder, { recursive: true })
})

/** A new folder of the home, with files. Tests do not meet. */
function place(files: Record<string, string> = {}): {
  at: (path: string) => string
  host: (path: string) => string
} {
  const name = mkdtempSync(join(home, 't-')).slice(home.length)
  const host = (path: string) => join(home, name, path)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(host(path)), { recursive: true })
    writeFileSync(host(path), text)
  }
  return { at: path => `${name}${path}`, host }
}

const address = (path: string, query: Record<string, string> | readonly [string, string][] = {}) =>
  `${url}/api/v1${path}?${new URLSearchParams(query as Record<string, string>)}`

function call(
  method: string,
  target: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const json = body !== undefined && typeof body !== 'string'
  return fetch(target, {
    method,
    headers: {
      cookie,
      'x-csrf-token': csrf,
      ...(json && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: json ? JSON.stringify(body) : String(body) }),
  })
}

async function refused(response: Response, status: number, code: string): Promise<void> {
  const problem = (await response.json()) as { code: string; detail: string }
  assert.deepEqual([response.status, problem.code], [status, code], problem.detail)
  assert.equal(response.headers.get('content-type')?.split(';')[0], 'application/problem+json')
}

test('nobody gets at files without signing in as their user', async () => {
  const targets: readonly [string, string][] = [
    ['GET', '/files'],
    ['GET', '/files/content'],
    ['PUT', '/files/content'],
    ['POST', '/files/folders'],
    ['POST', '/files/rename'],
    ['POST', '/files/remove'],
    ['GET', '/files/zip'],
  ]
  for (const [method, path] of targets) {
    const response = await fetch(address(path, { path: '/' }), { method })
    await refused(response, 401, 'AUTH_NEEDED')
  }
  const { at } = place()
  const response = await fetch(address('/files/content', { path: at('/x') }), {
    method: 'PUT',
    headers: { cookie },
    body: 'x',
  })
  await refused(response, 403, 'CSRF_TOKEN')
})

test('a listing tells what a folder holds; errors have the status of their kind', async () => {
  const { at, host } = place({ 'a.txt': 'alpha', 'docs/b': 'beta' })
  symlinkSync('docs', host('link'))
  const response = await call('GET', address('/files', { path: at('/') }))
  assert.equal(response.status, 200)
  const view = (await response.json()) as { entries: { name: string; type: string; leadsTo?: string }[] }
  assert.deepEqual(view.entries.map(({ name, type, leadsTo }) => [name, type, leadsTo]).sort(), [
    ['a.txt', 'file', undefined],
    ['docs', 'folder', undefined],
    ['link', 'link', 'folder'],
  ])
  await refused(await call('GET', address('/files', { path: at('/none') })), 404, 'FILE_MISSING')
  await refused(await call('GET', address('/files', { path: '/../x' })), 422, 'FILE_NAME')
  await refused(await call('GET', address('/files')), 422, 'INPUT_INVALID')
})

test('a download is an attachment that no browser runs, whole or in parts', async () => {
  const { at } = place({ 'naïve.html': '0123456789' })
  const target = address('/files/content', { path: at('/naïve.html') })
  const whole = await call('GET', target)
  assert.equal(await whole.text(), '0123456789')
  assert.equal(whole.headers.get('content-type'), 'application/octet-stream')
  assert.equal(whole.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(whole.headers.get('content-security-policy'), "default-src 'none'; sandbox")
  assert.match(whole.headers.get('content-disposition') ?? '', /^attachment; .*na%C3%AFve\.html$/)
  assert.equal(whole.headers.get('accept-ranges'), 'bytes')
  const etag = whole.headers.get('etag') ?? ''

  const part = await call('GET', target, undefined, { range: 'bytes=2-4', 'if-range': etag })
  assert.deepEqual([part.status, await part.text()], [206, '234'])
  assert.equal(part.headers.get('content-range'), 'bytes 2-4/10')
  assert.equal(part.headers.get('content-length'), '3')
  const changed = await call('GET', target, undefined, { range: 'bytes=2-4', 'if-range': '"other"' })
  assert.deepEqual([changed.status, await changed.text()], [200, '0123456789'])
  const outside = await call('GET', target, undefined, { range: 'bytes=10-' })
  assert.equal(outside.headers.get('content-range'), 'bytes */10')
  await refused(outside, 416, 'RANGE_OUTSIDE')
  await refused(await call('GET', address('/files/content', { path: at('/') })), 422, 'FILE_NAME')
})

test('an upload is stored whole, answered with its entry, and replaces only when told', async () => {
  const { at, host } = place()
  const path = at('/new €.txt')
  const created = await call('PUT', address('/files/content', { path }), 'hello')
  assert.equal(created.status, 201)
  assert.equal(((await created.json()) as { size: number }).size, 5)
  assert.equal(readFileSync(host('new €.txt'), 'utf8'), 'hello')
  await refused(await call('PUT', address('/files/content', { path }), 'other'), 409, 'FILE_EXISTS')
  assert.equal(
    (await call('PUT', address('/files/content', { path, overwrite: 'true' }), 'other')).status,
    201,
  )
  assert.equal(readFileSync(host('new €.txt'), 'utf8'), 'other')
  const empty = await call('PUT', address('/files/content', { path: at('/empty') }), '')
  assert.equal(empty.status, 201)
  const packed = await call('PUT', address('/files/content', { path: at('/x') }), 'x', {
    'content-encoding': 'gzip',
  })
  await refused(packed, 415, 'BODY_ENCODED')
})

/** Sends the head of an upload and as much of its body as is given; the rest is the caller's. */
async function beginUpload(path: string, headers: Record<string, string>, start: string) {
  const count = events.length
  const sent = request(address('/files/content', { path }), {
    method: 'PUT',
    headers: { cookie, 'x-csrf-token': csrf, ...headers },
  })
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    sent.once('response', resolve).once('error', reject),
  )
  answer.catch(() => {})
  sent.write(start)
  while (!events.slice(count).some(event => event.type === 'transfer-started')) await turn()
  return { sent, answer, ended: () => endedSince(count) }
}

async function endedSince(count: number) {
  for (;;) {
    const ended = events.slice(count).find(event => event.type === 'transfer-ended')
    if (ended) return ended
    await turn()
  }
}

for (const [kind, headers] of [
  ['of known length', { 'content-length': '100' }],
  ['in chunks', { 'transfer-encoding': 'chunked' }],
] as const) {
  test(`an upload ${kind} whose connection breaks leaves nothing under its name`, async () => {
    const { at } = place()
    const { sent, ended } = await beginUpload(at('/new'), { ...headers }, 'half')
    sent.destroy()
    assert.partialDeepStrictEqual(await ended(), {
      verdict: 'broken',
      command: 'PUT',
      mode: 'web',
      user: 'ann',
    })
    const view = (await (await call('GET', address('/files', { path: at('/') }))).json()) as {
      entries: unknown[]
    }
    assert.deepEqual(view.entries, [])
  })
}

test('an upload in chunks needs no length', async () => {
  const { at, host } = place()
  const { sent, answer } = await beginUpload(at('/new'), { 'transfer-encoding': 'chunked' }, 'first ')
  sent.end('second')
  assert.equal((await answer).statusCode, 201)
  assert.equal(readFileSync(host('new'), 'utf8'), 'first second')
})

test('folders are made, things renamed and removed, and each of several is told of', async () => {
  const { at, host } = place({ a: '1', b: '2', 'docs/c': '3' })
  assert.equal((await call('POST', address('/files/folders'), { path: at('/new') })).status, 204)
  await refused(await call('POST', address('/files/folders'), { path: at('/new') }), 409, 'FILE_EXISTS')
  assert.equal(
    (await call('POST', address('/files/rename'), { from: at('/a'), to: at('/new/a') })).status,
    204,
  )
  await refused(
    await call('POST', address('/files/rename'), { from: at('/b'), to: at('/new/a') }),
    409,
    'FILE_EXISTS',
  )
  const response = await call('POST', address('/files/remove'), {
    paths: [at('/b'), at('/none'), at('/docs')],
  })
  assert.deepEqual(await response.json(), {
    removed: [at('/b'), at('/docs')],
    failed: [{ path: at('/none'), code: 'FILE_MISSING', text: 'There is no file or folder of that name.' }],
  })
  assert.equal(readFileSync(host('new/a'), 'utf8'), '1')
  await refused(await call('POST', address('/files/remove'), { paths: [] }), 422, 'INPUT_INVALID')
})

const zipAddress = (...paths: string[]) =>
  address(
    '/files/zip',
    paths.map(path => ['path', path]),
  )

test('a zip holds folders and files with their names and times, and says what it leaves out', async () => {
  const { at, host } = place({
    'naïve €.txt': 'x'.repeat(100_000),
    'docs/deep/b.png': 'png',
    'docs/a:b\\c': 'odd',
  })
  mkdirSync(host('docs/empty'))
  symlinkSync('deep', host('docs/folder-link'))
  symlinkSync('deep/b.png', host('docs/file-link'))
  const response = await call('GET', zipAddress(at('/docs'), at('/naïve €.txt')))
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/zip')
  assert.match(response.headers.get('content-disposition') ?? '', /filename="files\.zip"/)
  const zip = join(folder, 'all.zip')
  writeFileSync(zip, Buffer.from(await response.arrayBuffer()))
  const script = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
left = 'NOT IN THIS ZIP.txt'
print(json.dumps({**{i.filename: [i.file_size, i.compress_type] for i in z.infolist()}, left: z.read(left).decode()}))
`
  const found = JSON.parse(execFileSync('python3', ['-c', script, zip], { encoding: 'utf8' })) as object
  assert.deepEqual(found, {
    'docs/deep/b.png': [3, 0],
    'docs/a_b_c': [3, 8],
    'docs/empty/': [0, 0],
    'docs/file-link': [3, 8],
    'naïve €.txt': [100_000, 8],
    'NOT IN THIS ZIP.txt': 'docs/folder-link: a link to a folder; open it and download what is in it\n',
  })
  assert.equal((await call('GET', `${zipAddress(at('/docs'))}&check=true`)).status, 204)
  const one = await call('GET', zipAddress(at('/docs')))
  assert.match(one.headers.get('content-disposition') ?? '', /filename="docs\.zip"/)
  await one.body?.cancel()
})

test('a zip of what is not there is refused in words, before its first byte', async () => {
  const { at } = place({ a: '1' })
  await refused(await call('GET', zipAddress(at('/a'), at('/none'))), 404, 'FILE_MISSING')
  await refused(await call('GET', `${zipAddress(at('/none'))}&check=true`), 404, 'FILE_MISSING')
})

test('a zip that fails in the middle breaks off, so that nobody takes it for whole', async () => {
  const { at, host } = place({ '2': 'y'.repeat(1_000_000) })
  // Nothing that packs well: it must not fit into the buffers on the way.
  writeFileSync(host('1'), randomBytes(30_000_000))
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    request(zipAddress(at('/1'), at('/2')), { headers: { cookie } })
      .once('response', resolve)
      .once('error', reject)
      .end(),
  )
  let received = 0
  const reading = (async () => {
    for await (const chunk of response) {
      received += Buffer.from(chunk).length
      truncateSync(host('1'), 10)
    }
  })()
  await assert.rejects(reading, { code: 'ECONNRESET' })
  assert.ok(received > 0)
  assert.equal(response.complete, false)
})

test('a download whose reader goes is broken, and its file is closed', async () => {
  const { at } = place({ big: 'x'.repeat(30_000_000) })
  const count = events.length
  const response = await call('GET', address('/files/content', { path: at('/big') }))
  await response.body?.cancel()
  assert.partialDeepStrictEqual(await endedSince(count), { verdict: 'broken', command: 'GET', mode: 'web' })
})

test('of a link to a folder that is asked for by its name, a zip holds what is in the folder', async () => {
  const { at, host } = place({ 'docs/a': '1' })
  symlinkSync('docs', host('link'))
  const response = await call('GET', zipAddress(at('/link')))
  assert.ok(Buffer.from(await response.arrayBuffer()).includes('link/a'))
})

test('what users change stands in the audit log, under their name, and they do not see it', async () => {
  const { at } = place({ a: '1' })
  await call('POST', address('/files/remove'), { paths: [at('/a')] })
  await refused(await call('GET', `${url}/api/v1/audit`), 403, 'ACCESS_DENIED')
  const admin = await signUp()
  const response = await fetch(`${url}/api/v1/audit?limit=500`, { headers: { cookie: admin } })
  const { items } = (await response.json()) as { items: { action: string; actor: string; target: string }[] }
  const row = items.find(({ action, target }) => action === 'file.remove' && target === at('/a'))
  assert.equal(row?.actor, 'user:ann')
})

/** Makes the administrator. */
async function signUp(): Promise<string> {
  const response = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: setupToken, name: 'admin', password: 'a long enough password' }),
  })
  assert.ok(response.ok, await response.clone().text())
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}
