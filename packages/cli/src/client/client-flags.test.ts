import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Command } from 'commander'
import { UserError } from '../user-error.ts'
import { addConnectionFlags, addOutputFlags, connectionFlagsIn } from './client-flags.ts'
import { type FlagOptions, readFlagOptions } from './flag-options.ts'

let cwd = ''
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'flags-'))
  await writeFile(join(cwd, 'ca.pem'), 'authority')
  await writeFile(join(cwd, 'me.pem'), 'certificate and key')
})
after(() => rm(cwd, { recursive: true, force: true }))

function parse(...args: string[]) {
  const command = addOutputFlags(addConnectionFlags(new Command('x').exitOverride()))
  return connectionFlagsIn(command.parse(args, { from: 'user' }).opts())
}

const good: { args: string[]; options: Partial<FlagOptions> }[] = [
  { args: [], options: {} },
  { args: ['--mode', 'auto'], options: { mode: 'auto' } },
  { args: ['--pasv-address', '203.0.113.7'], options: { pasvAddress: '203.0.113.7' } },
  { args: ['--no-epsv'], options: { epsv: false } },
  { args: ['--external-address', 'ask'], options: { externalAddress: 'ask' } },
  {
    args: ['--active-ports', '50000:100'],
    options: { activePorts: { basePort: 50_000, numberOfPorts: 100 } },
  },
  { args: ['--no-check-peer'], options: { checkPeer: false } },
  { args: ['--bind', '127.0.0.2'], options: { bind: '127.0.0.2' } },
  { args: ['--proxy', 'socks5://p:1080'], options: { proxy: 'socks5://p:1080' } },
  { args: ['--tls', 'explicit'], options: { tls: 'explicit' } },
  { args: ['--insecure'], options: { tlsOptions: { verify: false } } },
  { args: ['--insecure', '--no-insecure'], options: { tlsOptions: { verify: true } } },
  { args: ['--ca', 'ca.pem'], options: { tlsOptions: { ca: Buffer.from('authority') } } },
  { args: ['--pin', 'aa', '--pin', 'bb'], options: { tlsOptions: { pins: ['aa', 'bb'] } } },
  {
    args: ['--cert', 'me.pem'],
    options: {
      tlsOptions: { cert: Buffer.from('certificate and key'), key: Buffer.from('certificate and key') },
    },
  },
  { args: ['--tls-name', 'n'], options: { tlsOptions: { servername: 'n' } } },
  { args: ['--prot', 'clear', '--ccc'], options: { tlsOptions: { data: 'clear', clearControl: true } } },
  { args: ['--close-notify', 'optional'], options: { tlsOptions: { closeNotify: 'optional' } } },
  { args: ['--retries', '0'], options: { retry: { retries: 0 } } },
  { args: ['--limit', '1MiB'], options: { rateLimit: 2 ** 20 } },
  { args: ['--noop', '20'], options: { noopInterval: 20_000 } },
  { args: ['--no-utf8'], options: { utf8: false } },
  { args: ['--server-zone', '-300'], options: { serverZone: -300 } },
  { args: ['--no-pipelining'], options: { pipelining: false } },
  { args: ['--account', 'a'], options: { account: 'a' } },
  { args: ['--json', '-v', '-q', '--log', 'x'], options: {} },
]

for (const { args, options } of good) {
  test(`${args.join(' ') || 'no flag'} says ${JSON.stringify(options)}`, () => {
    assert.deepEqual(readFlagOptions(parse(...args), cwd), { tlsOptions: {}, ...options })
  })
}

test('--timeout bounds every wait for the server, and makes none longer than its nature', () => {
  const { timeouts } = readFlagOptions(parse('--timeout', '2'), cwd)
  assert.deepEqual(new Set(Object.values(timeouts ?? {})), new Set([2_000]))
  const long = readFlagOptions(parse('--timeout', '300'), cwd).timeouts
  assert.deepEqual(
    [long?.connect, long?.dataProbe, long?.explanation, long?.quit],
    [300_000, 4_000, 3_000, 2_000],
  )
})

const bad: { args: string[]; message: RegExp }[] = [
  { args: ['--mode', 'fast'], message: /^--mode is passive, active or auto, and not "fast"$/ },
  { args: ['--tls', 'on'], message: /^--tls is off, explicit or implicit, and not "on"$/ },
  { args: ['--active-ports', '5'], message: /^--active-ports is BASE:COUNT/ },
  { args: ['--timeout', '0'], message: /^--timeout is seconds above 0/ },
  { args: ['--retries', '-1'], message: /^--retries is a whole number from 0 to 1000/ },
  { args: ['--limit', 'much'], message: /^--limit is bytes per second/ },
  { args: ['--noop', 'x'], message: /^--noop is seconds/ },
  { args: ['--server-zone', '900'], message: /^--server-zone is minutes from -840 to 840/ },
  { args: ['--prot', 'P'], message: /^--prot is private or clear/ },
  { args: ['--close-notify', 'no'], message: /^--close-notify is required, size or optional/ },
  { args: ['--ca', 'missing.pem'], message: /^--ca missing.pem cannot be read/ },
  { args: ['--key', 'me.pem'], message: /^--key goes with --cert$/ },
  { args: ['--mode', 'x', '--tls', 'y'], message: /^--mode .*\n--tls / },
]

for (const { args, message } of bad) {
  test(`${args.join(' ')} is refused with what is allowed`, () => {
    assert.throws(
      () => readFlagOptions(parse(...args), cwd),
      error => error instanceof UserError && message.test(error.message),
    )
  })
}

test('a flag that is absent has no value, so that it does not win over that of a site', () => {
  assert.deepEqual(parse(), {})
  assert.deepEqual(parse('--epsv', '--utf8'), { epsv: true, utf8: true })
})
