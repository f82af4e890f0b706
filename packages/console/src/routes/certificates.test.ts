import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { connect } from 'node:tls'
import { type Certificate, certificate, pageOf } from '../contract/index.ts'
import { type Answer, type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { viewOfCertificate } from '../resources/certificates/certificate-view.ts'
import { makeTestCertificate, type TestCertificate } from '../resources/certificates/testing-certificates.ts'
import { certificatesRoutes } from './certificates.ts'

let app: TestApp
let administrator: Caller
let root: TestCertificate
let between: TestCertificate
let leaf: TestCertificate
let other: TestCertificate

before(async () => {
  app = await startTestApp({
    routes: certificatesRoutes,
    settings: {
      listeners: [{ name: 'ftps', host: '127.0.0.1', port: 0, tls: 'implicit' }],
      tls: { selfSigned: true },
    },
  })
  administrator = await app.as('administrator')
  root = await makeTestCertificate({ name: 'Root', isAuthority: true })
  between = await makeTestCertificate({ name: 'Between', issuer: root, isAuthority: true })
  leaf = await makeTestCertificate({ name: 'ftp.example.org', issuer: between, names: ['ftp.example.org'] })
  other = await makeTestCertificate({ name: 'other', names: ['other'] })
})
after(() => app[Symbol.asyncDispose]())

const list = async () => pageOf(certificate).parse((await administrator.get('/certificates')).body).items
const fieldsOf = ({ body }: Answer) =>
  typeof body === 'object' && body !== null && 'errors' in body && Array.isArray(body.errors)
    ? body.errors.map((error: { path: string }) => error.path)
    : []

/** Whose certificate the FTP server shows. */
async function shown(): Promise<string> {
  const port = app.services.server.addresses[0]?.port ?? 0
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

test('a chain with its key is kept, shown, and its key is in no answer and no note', async () => {
  const made = await administrator.post('/certificates', {
    name: 'main',
    chain: leaf.pem + between.pem,
    key: leaf.key,
  })
  assert.equal(made.status, 201, made.text)
  const view = certificate.parse(made.body)
  assert.deepEqual(
    [view.origin, view.inUse, view.names, view.key, view.subject, view.issuer, view.problems],
    ['store', false, ['ftp.example.org'], 'EC P-256', 'CN=ftp.example.org', 'CN=Between', []],
  )
  const { items } = await app.services.store.audit.list({ limit: 10 })
  const told = `${made.text}${JSON.stringify(await list())}${JSON.stringify(items)}`
  assert.doesNotMatch(told, /PRIVATE KEY/)
  assert.ok(!told.includes(leaf.key.split('\n')[1] ?? ''))
  assert.match((await app.services.store.certificates.get('main'))?.key ?? '', /BEGIN PRIVATE KEY/)
})

const cut = (pem: string) => pem.replace(/\n[^-\n]{64}\n/, '\n')
const encrypted = (key: string) =>
  String(
    createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
  )

for (const { title, body, fields, says } of [
  {
    title: 'the key of another certificate',
    body: () => ({ chain: leaf.pem, key: other.key }),
    fields: ['key'],
    says: /belongs to another/,
  },
  {
    title: 'a chain that begins with the authority',
    body: () => ({ chain: between.pem + leaf.pem, key: leaf.key }),
    fields: ['chain'],
    says: /number 2; put it first/,
  },
  {
    title: 'a chain with a stranger in it',
    body: () => ({ chain: leaf.pem + root.pem, key: leaf.key }),
    fields: ['chain'],
    says: /was not signed by/,
  },
  {
    title: 'a key with a passphrase',
    body: () => ({ chain: leaf.pem, key: encrypted(leaf.key) }),
    fields: ['key'],
    says: /passphrase/,
  },
  {
    title: 'a certificate as the key',
    body: () => ({ chain: leaf.pem, key: leaf.pem }),
    fields: ['key'],
    says: /other field/,
  },
  {
    title: 'a key as the chain',
    body: () => ({ chain: leaf.key, key: leaf.key }),
    fields: ['chain'],
    says: /other field/,
  },
  {
    title: 'no PEM at all',
    body: () => ({ chain: 'x', key: 'y' }),
    fields: ['chain', 'key'],
    says: /PEM form/,
  },
  {
    title: 'a certificate that is cut short',
    body: () => ({ chain: cut(leaf.pem), key: leaf.key }),
    fields: ['chain'],
    says: /cannot be read/,
  },
  {
    title: 'a key that is cut short',
    body: () => ({ chain: leaf.pem, key: cut(leaf.key) }),
    fields: ['key'],
    says: /cannot be read/,
  },
  {
    title: 'too many certificates',
    body: () => ({ chain: leaf.pem.repeat(21), key: leaf.key }),
    fields: ['chain'],
    says: /at most 20/,
  },
  {
    title: 'a name that means something else',
    body: () => ({ name: 'none', chain: leaf.pem, key: leaf.key }),
    fields: ['name'],
    says: /must not be none/,
  },
]) {
  test(`${title} is refused in words, and nothing is kept`, async () => {
    const answer = await administrator.post('/certificates', { name: 'bad', ...body() })
    assert.equal(answer.status, 422, answer.text)
    assert.deepEqual(fieldsOf(answer), fields)
    assert.match(answer.text, says)
    assert.doesNotMatch(answer.text, /PRIVATE KEY-----\n?[A-Za-z0-9+/]/)
    assert.equal(await app.services.store.certificates.get('bad'), undefined)
  })
}

test('an RSA key that OpenSSL finds too small is refused when it is uploaded, not at the first connection', async () => {
  const small = await makeTestCertificate({ name: 'small', names: ['small'], rsaBits: 1024 })
  const answer = await administrator.post('/certificates', {
    name: 'small',
    chain: small.pem,
    key: small.key,
  })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /too small/)
})

test('a certificate is made, used by the next connection, not deleted meanwhile, and put out of use', async () => {
  const before = (await list()).find(one => one.inUse)
  assert.equal(before?.origin, 'self-signed')
  assert.equal(await shown(), before?.fingerprint)

  const ask = { name: 'own', names: ['ftp.example.net', '192.0.2.7', '2001:db8::7'], days: 30 }
  const made = certificate.parse((await administrator.post('/certificates/self-signed', ask)).body)
  assert.deepEqual(
    [made.names[0], made.names[1], made.subject],
    ['ftp.example.net', '192.0.2.7', 'CN=ftp.example.net'],
  )
  assert.equal((await administrator.post('/certificates/self-signed', ask)).code, 'CERTIFICATE_EXISTS')

  const used = await administrator.post('/certificates/own/use')
  assert.equal(used.status, 200, used.text)
  assert.equal(certificate.parse(used.body).inUse, true)
  assert.deepEqual(
    (await list()).filter(one => one.inUse).map(one => one.name),
    ['own'],
  )
  assert.equal(await shown(), made.fingerprint)
  assert.equal((await administrator.delete('/certificates/own')).code, 'CERTIFICATE_IN_USE')

  const none = await administrator.post('/certificates/none/use')
  assert.equal(none.status, 204, none.text)
  const after = (await list()).find(one => one.inUse)
  assert.equal(after?.origin, 'self-signed')
  assert.equal(await shown(), after.fingerprint)
  assert.equal((await administrator.delete('/certificates/own')).status, 204)
  assert.equal((await administrator.delete('/certificates/own')).code, 'CERTIFICATE_MISSING')
  assert.equal((await administrator.post('/certificates/own/use')).code, 'CERTIFICATE_MISSING')
})

for (const names of [['not a name'], ['-a.example'], ['1234'], ['a..b'], ['https://x']]) {
  test(`no certificate is made for ${names.join()}`, async () => {
    const answer = await administrator.post('/certificates/self-signed', { name: 'bad', names })
    assert.deepEqual([answer.status, fieldsOf(answer)], [422, ['names[0]']])
  })
}

const DAY = 86_400_000
for (const { title, ask, ahead = 0, host, problem } of [
  { title: 'an expired one', ask: {}, ahead: 91 * DAY, host: undefined, problem: /expired on/ },
  {
    title: 'one that expires soon',
    ask: {},
    ahead: 80 * DAY,
    host: undefined,
    problem: /expires on .*, in \d+ days/,
  },
  {
    title: 'one that is not valid yet',
    ask: { days: [5, 90] as const },
    host: undefined,
    problem: /valid only from/,
  },
  { title: 'a small RSA key', ask: { rsaBits: 1024 }, host: undefined, problem: /1024 bits/ },
  { title: 'no alternative names', ask: { names: [] }, host: undefined, problem: /no alternative names/ },
  { title: 'another name', ask: {}, host: 'www.example.org', problem: /not for www\.example\.org/ },
  { title: 'one without a chain', ask: { issued: true }, host: undefined, problem: /chain has the server/ },
  { title: 'one that signed itself', ask: {}, host: undefined, problem: /No authority/ },
]) {
  test(`${title} is told of`, async () => {
    const { issued, ...rest } = { issued: false, ...ask }
    const made = await makeTestCertificate({
      name: 'x',
      names: ['x'],
      ...rest,
      ...(issued && { issuer: root }),
    })
    const facts = { name: 'x', origin: 'store', inUse: false, now: Date.now() + ahead, host } as const
    assert.match(viewOfCertificate(made.pem, facts).problems.join('\n'), problem)
  })
}

test('a good certificate has no problems, and a text that is none has one', () => {
  const facts: { name: string; origin: Certificate['origin']; inUse: boolean; now: number; host: string } = {
    name: 'x',
    origin: 'store',
    inUse: true,
    now: Date.now(),
    host: 'ftp.example.org',
  }
  assert.deepEqual(viewOfCertificate(leaf.pem + between.pem, facts).problems, [])
  assert.equal(viewOfCertificate('nothing', facts).problems.length, 1)
})
