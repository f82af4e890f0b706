import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Options, readOptions } from './options.ts'

const known = { names: ['portolan', 'vsftpd', 'curl'], works: ['retr-plain', 'retr-tls', 'logins'] }
const halves = { servers: true, clients: true }
const plain: Options = { rounds: 3, halves, only: [], work: [], quick: false, help: false }

const cases: { args: string[]; options: Options }[] = [
  { args: [], options: plain },
  { args: ['--servers'], options: { ...plain, halves: { servers: true, clients: false } } },
  { args: ['--clients'], options: { ...plain, halves: { servers: false, clients: true } } },
  { args: ['--clients', '--servers'], options: plain },
  { args: ['--only', 'curl'], options: { ...plain, only: ['curl'] } },
  { args: ['--rounds', '5'], options: { ...plain, rounds: 5 } },
  { args: ['--quick'], options: { ...plain, quick: true, rounds: 1 } },
  { args: ['--quick', '--rounds', '2'], options: { ...plain, quick: true, rounds: 2 } },
  { args: ['--only', 'vsftpd,portolan'], options: { ...plain, only: ['vsftpd', 'portolan'] } },
  {
    args: ['--work', 'retr*', '--work', 'logins'],
    options: { ...plain, work: ['retr-plain', 'retr-tls', 'logins'] },
  },
]

for (const { args, options } of cases) {
  test(`"${args.join(' ')}" is understood`, () => assert.deepEqual(readOptions(args, known), options))
}

const mistakes: { args: string[]; message: RegExp }[] = [
  { args: ['--rounds', '0'], message: /--rounds 0 is not allowed: use a whole number from 1 to 20/ },
  { args: ['--rounds', '1.5'], message: /whole number/ },
  { args: ['--only', 'iis'], message: /--only iis is not known: use portolan, vsftpd, curl/ },
  { args: ['--work', 'delete*'], message: /--work delete\* is not known: use retr-plain/ },
  { args: ['--fast'], message: /--fast[\s\S]*npm run bench/ },
]

for (const { args, message } of mistakes) {
  test(`"${args.join(' ')}" is refused with what is allowed`, () => {
    assert.throws(() => readOptions(args, known), { name: 'BenchError', message })
  })
}
