import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { startTestApp } from './testing-app.ts'
import { withNonce } from './web.ts'

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta name="csp-nonce" content="" />
    <script type="module" crossorigin src="/assets/index-abc123.js"></script>
    <link rel="stylesheet" crossorigin href="/assets/index-abc123.css">
  </head>
  <body><div id="root"></div></body>
</html>
`
const SCRIPT = 'console.log("portolan");\n'.repeat(500)

async function start() {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'portolan-web-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'assets'))
  const script = join(folder, 'assets', 'index-abc123.js')
  await writeFile(join(folder, 'index.html'), PAGE)
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(folder, '.stamp'), 'hidden')
  await writeFile(script, SCRIPT)
  await writeFile(`${script}.br`, brotliCompressSync(SCRIPT))
  await writeFile(`${script}.gz`, gzipSync(SCRIPT))
  const it = started.use(await startTestApp({ web: folder }))
  const owned = started.move()
  const get = (url: string, headers: Record<string, string> = {}) =>
    it.app.inject({ method: 'GET', url, headers })
  return { app: it.app, get, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

test('every path that is no file and not the API is the page, with a nonce of its own', async () => {
  await using it = await start()
  const nonces = new Set<string>()
  for (const path of [
    '/',
    '/index.html',
    '/users/bob',
    '/setup',
    '/.stamp',
    '/ports?x=1',
    '/..%2f..%2fetc%2fpasswd',
  ]) {
    const { statusCode, headers, payload } = await it.get(path)
    assert.equal(statusCode, 200, path)
    assert.match(String(headers['content-type']), /^text\/html/)
    assert.equal(headers['cache-control'], 'no-store')
    const nonce = /<meta name="csp-nonce" content="([^"]{24})" \/>/.exec(payload)?.[1] ?? ''
    assert.ok(String(headers['content-security-policy']).includes(`script-src 'self' 'nonce-${nonce}'`))
    assert.ok(payload.includes(`<script nonce="${nonce}" type="module"`))
    assert.ok(payload.includes(`<link nonce="${nonce}" rel="stylesheet"`))
    nonces.add(nonce)
  }
  assert.equal(nonces.size, 7)
})

test('scripts carry no headers that are for documents; what is opened as a document has them', async () => {
  await using it = await start()
  const [script, picture] = [await it.get('/assets/index-abc123.js'), await it.get('/favicon.svg')]
  for (const name of ['content-security-policy', 'permissions-policy', 'x-frame-options']) {
    assert.equal(script.headers[name], undefined, name)
    assert.ok(picture.headers[name], name)
  }
  for (const { headers } of [script, picture]) {
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
  }
})

test('files go out as the build compressed them, to be kept for good', async () => {
  await using it = await start()
  const url = '/assets/index-abc123.js'
  const brotli = await it.get(url, { 'accept-encoding': 'gzip, deflate, br, zstd' })
  assert.equal(brotli.headers['content-encoding'], 'br')
  assert.ok(brotli.rawPayload.length < 200)
  assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), SCRIPT)
  assert.match(String(brotli.headers['content-type']), /^(text|application)\/javascript/)
  assert.equal(brotli.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.match(String(brotli.headers.vary), /accept-encoding/i)
  assert.equal((await it.get(url, { 'accept-encoding': 'gzip' })).headers['content-encoding'], 'gzip')
  assert.equal((await it.get(url)).payload, SCRIPT)
  const icon = await it.get('/favicon.svg')
  assert.deepEqual(
    [icon.headers['content-type'], icon.headers['cache-control']],
    ['image/svg+xml', 'no-cache'],
  )
  assert.equal((await it.get('/favicon.svg', { 'if-none-match': String(icon.headers.etag) })).statusCode, 304)
})

test('a file of an older build is missing, not the page; a page is only read', async () => {
  await using it = await start()
  const old = await it.get('/assets/index-old.js')
  assert.deepEqual([old.statusCode, old.json().code], [404, 'NOT_FOUND'])
  assert.notEqual(old.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.equal((await it.get('/api/nothing')).statusCode, 404)
  const post = await it.app.inject({ method: 'POST', url: '/users' })
  assert.deepEqual([post.statusCode, post.headers.allow], [405, 'GET, HEAD'])
})

test('without a build, a sentence says what to do', async () => {
  for (const web of [undefined, join(tmpdir(), 'portolan-web-that-is-not-there')]) {
    await using it = await startTestApp(web === undefined ? {} : { web })
    const answer = await it.app.inject({ method: 'GET', url: '/' })
    assert.equal(answer.statusCode, 404)
    assert.match(answer.payload, /^The web console is not built: run `npm start`/)
  }
})

test('a nonce that the build left is replaced, and nothing else of the page is', () => {
  const page = '<head lang="x"><meta property="csp-nonce" nonce="OLD"><style nonce="OLD">a{}</style></head>'
  assert.equal(
    withNonce(page, 'NEW'),
    '<head lang="x">\n    <meta name="csp-nonce" content="NEW" /><style nonce="NEW">a{}</style></head>',
  )
  assert.equal(withNonce('<body>linked scripts</body>', 'NEW'), '<body>linked scripts</body>')
})
