import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parseSettings, type Settings, type SettingsInput } from '@portolan/settings'
import { ServerError } from '../errors.ts'
import { certificateStamp, loadCertificate } from './certificates.ts'
import { makeSelfSigned } from './self-signed.ts'

type Tls = Exclude<SettingsInput, Settings>['tls']

let folder = ''
const file = (name: string) => join(folder, name)
const load = (tls: Tls, dataFolder?: string) =>
  loadCertificate(parseSettings({ tls, server: dataFolder === undefined ? {} : { dataFolder } }))

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-certificates-'))
  const [one, other] = await Promise.all([makeSelfSigned(), makeSelfSigned()])
  await writeFile(file('one.crt'), one.cert)
  await writeFile(file('one.key'), one.key)
  await writeFile(file('one.pem'), `${one.key}\n${one.cert}`)
  await writeFile(file('other.key'), other.key)
  await writeFile(file('nonsense'), 'this is no PEM')
  await writeFile(file('empty'), '')
  await mkdir(file('folder'))
})
after(() => rm(folder, { recursive: true, force: true }))

test('without certificate and selfSigned there is none', async () => {
  assert.equal(await load({}), undefined)
})

test('certificate and key are read from two files, or both from one', async () => {
  const two = await load({ certificate: file('one.crt'), key: file('one.key') })
  assert.match(two?.cert ?? '', /BEGIN CERTIFICATE/)
  assert.match(two?.key ?? '', /BEGIN PRIVATE KEY/)
  assert.ok(await load({ certificate: file('one.pem') }))
})

test('the CA of client certificates is read, too', async () => {
  const loaded = await load({ certificate: file('one.pem'), clientCa: file('one.crt') })
  assert.match(loaded?.clientCa ?? '', /BEGIN CERTIFICATE/)
})

const BROKEN: readonly { what: string; tls: () => Tls; names: string }[] = [
  { what: 'a missing certificate', tls: () => ({ certificate: file('none') }), names: 'none' },
  { what: 'a missing key', tls: () => ({ certificate: file('one.crt'), key: file('none') }), names: 'none' },
  {
    what: 'a missing client CA',
    tls: () => ({ certificate: file('one.pem'), clientCa: file('none') }),
    names: 'none',
  },
  {
    what: 'a certificate that cannot be read',
    tls: () => ({ certificate: file('folder') }),
    names: 'folder',
  },
  {
    what: 'a key of another certificate',
    tls: () => ({ certificate: file('one.crt'), key: file('other.key') }),
    names: 'one.crt',
  },
  { what: 'a certificate without its key', tls: () => ({ certificate: file('one.crt') }), names: 'one.crt' },
  {
    what: 'a file that is no certificate',
    tls: () => ({ certificate: file('nonsense'), key: file('one.key') }),
    names: 'nonsense',
  },
  {
    what: 'an empty certificate',
    tls: () => ({ certificate: file('empty'), key: file('one.key') }),
    names: 'empty',
  },
]
for (const { what, tls, names } of BROKEN) {
  test(`${what} is SERVER_CERTIFICATE, in one line with the name of the file`, async () => {
    await assert.rejects(load(tls()), (error: unknown) => {
      assert.ok(error instanceof ServerError, String(error))
      assert.equal(error.code, 'SERVER_CERTIFICATE')
      assert.ok(error.message.includes(file(names)), error.message)
      assert.doesNotMatch(error.message, /\n/)
      return true
    })
  })
}

test('a client CA that is no certificate is SERVER_CERTIFICATE, and not found out by the first client', async () => {
  await assert.rejects(load({ certificate: file('one.pem'), clientCa: file('nonsense') }), {
    code: 'SERVER_CERTIFICATE',
  })
})

test('a certificate of its own is kept in the data folder, its key for nobody else to read', async () => {
  const data = file('data')
  const first = await load({ selfSigned: true }, data)
  const again = await load({ selfSigned: true }, data)
  assert.ok(first)
  assert.deepEqual(again, first)
  assert.equal((await stat(join(data, 'tls/self-signed.key'))).mode & 0o077, 0)
  const certificate = new X509Certificate(first.cert)
  assert.ok(certificate.checkHost('localhost'))
  assert.ok(certificate.checkIP('127.0.0.1'))
  assert.ok(certificate.validToDate.getTime() > Date.now() + 365 * 86_400_000)
})

test('a certificate of its own lives as long as the server where there is no data folder', async () => {
  const [first, second] = await Promise.all([load({ selfSigned: true }), load({ selfSigned: true })])
  assert.ok(first && second)
  assert.notEqual(first.cert, second.cert)
})

test('a data folder that cannot hold it is SERVER_FOLDER', async () => {
  await assert.rejects(load({ selfSigned: true }, file('nonsense')), { code: 'SERVER_FOLDER' })
})

test('the stamp changes when a file is replaced, goes or comes back, and at no other time', async () => {
  const settings = parseSettings({ tls: { certificate: file('stamped'), key: file('one.key') } })
  const stamps = new Set<string>()
  const look = async () => void stamps.add(await certificateStamp(settings))
  await look()
  await look()
  assert.equal(stamps.size, 1)
  await writeFile(file('stamped'), 'a')
  await look()
  await look()
  assert.equal(stamps.size, 2)
  await writeFile(file('stamped'), 'other')
  await look()
  assert.equal(stamps.size, 3)
})
