import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SettingsError } from '../errors.ts'
import { parseSettings } from '../parse.ts'
import type { SettingsInput } from '../schema.ts'
import { checkTransfers } from './transfers.ts'

type Transfers = NonNullable<SettingsInput['transfers']>
const MAIL = { host: 'mail.example.com', from: 'ftp@example.com' }

const found: { name: string; transfers: Transfers; told: string[] }[] = [
  { name: 'nothing', transfers: {}, told: [] },
  { name: 'mail without a login', transfers: { mail: MAIL }, told: [] },
  {
    name: 'mail with a login',
    transfers: { mail: { ...MAIL, user: 'ftp', passwordFile: '/etc/mail.secret' } },
    told: [],
  },
  {
    name: 'a login without a password',
    transfers: { mail: { ...MAIL, user: 'ftp' } },
    told: ['error transfers.mail.user'],
  },
  {
    name: 'a password without a login',
    transfers: { mail: { ...MAIL, passwordFile: '/etc/mail.secret' } },
    told: ['warning transfers.mail.passwordFile'],
  },
  {
    name: 'a password in the clear',
    transfers: { mail: { ...MAIL, tls: 'off', user: 'ftp', passwordFile: '/etc/mail.secret' } },
    told: ['warning transfers.mail.tls'],
  },
  {
    name: 'STARTTLS on the port of implicit TLS',
    transfers: { mail: { ...MAIL, port: 465 } },
    told: ['warning transfers.mail.tls'],
  },
]

for (const { name, transfers, told } of found) {
  test(`mail of transfers: ${name}`, () => {
    const { errors, warnings } = checkTransfers(parseSettings({ transfers }))
    assert.deepEqual(
      [...errors.map(({ path }) => `error ${path}`), ...warnings.map(({ path }) => `warning ${path}`)],
      told,
    )
  })
}

const refused: { name: string; transfers: object; path: string }[] = [
  {
    name: 'a relative program',
    transfers: { programs: { scan: 'bin/scan' } },
    path: 'transfers.programs.scan',
  },
  { name: 'no run at once', transfers: { concurrency: 0 }, path: 'transfers.concurrency' },
  { name: 'mail without a sender', transfers: { mail: { host: 'h' } }, path: 'transfers.mail.from' },
]

for (const { name, transfers, path } of refused) {
  test(`transfers: ${name} is refused`, () => {
    assert.throws(
      () => parseSettings({ transfers }),
      error => error instanceof SettingsError && error.problems.some(one => one.path === path),
    )
  })
}
