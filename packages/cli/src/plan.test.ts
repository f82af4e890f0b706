import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Plan, SECTION_NAMES } from '@portolan/doctor'
import { loadSettings } from '@portolan/settings'
import { runMain } from './testing-run.ts'

let cwd = ''
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'plan-'))
})
after(() => rm(cwd, { recursive: true, force: true }))

/** Runs `portolan plan` and answers what it wrote. */
const run = (...args: string[]) => runMain(cwd, ['plan', ...args])

const FEW = ['--clients', '500', '--per-client', '2']

test('the answer comes first, then the reasons, then a part for each program', async () => {
  const { code, out, err } = await run(...FEW)
  assert.equal(code, 0)
  assert.equal(err, '')
  assert.match(out, /^Open 16 passive ports, 61000-61015, next to port 21\. /)
  const heads = [...out.matchAll(/^.* {3}\[([a-z-]+)\]\n-+$/gm)].map(([, name]) => name)
  assert.deepEqual(
    heads,
    SECTION_NAMES.filter(name => !name.endsWith('-nat')),
  )
  for (const part of ['Why', 'Taken for granted', 'Portolan ']) assert.match(out, new RegExp(`^${part}`, 'm'))
})

test('prose stays within 96 columns; what is pasted keeps its lines', async () => {
  const { out } = await run(...FEW, '--nat', '203.0.113.7', '--server', '10.0.0.5', '--active', '10000:1024')
  const long = out.split('\n').filter(line => line.length > 96)
  assert.ok(long.length > 0)
  for (const line of long)
    assert.match(line, /^(insert rule|add |firewall-cmd|New-NetFirewall|ufw| {2}'\[| {4}\{|# Which)/)
})

test('a range that is not as it should be is warned of', async () => {
  const { code, out } = await run(...FEW, '--base-port', '65530')
  assert.equal(code, 0)
  assert.match(out, /^Beware\n {2}- 16 ports are recommended and 6 fit: /m)
})

test('--only with one section gives its bare text, to be piped; notes and warnings go beside it', async () => {
  const { code, out, err } = await run(...FEW, '--base-port', '65530', '--only', 'ufw')
  assert.equal(code, 0)
  assert.equal(
    out,
    "ufw allow 21/tcp comment 'FTP control'\nufw allow 65530:65535/tcp comment 'FTP passive data'",
  )
  assert.match(err, /^warning: 16 ports are recommended.*\nnote: As root\./)
})

test('--only with several sections gives the answer and these, in the order of the plan', async () => {
  const { out } = await run(...FEW, '--only', 'winscp, nftables')
  assert.deepEqual(
    [...out.matchAll(/ {3}\[([a-z-]+)\]$/gm)].map(([, name]) => name),
    ['nftables', 'winscp'],
  )
  assert.match(out, /^Open 16/)
})

test('--json gives the plan as one object, with the sections that were picked', async () => {
  const { out } = await run(...FEW, '--json', '--only', 'nftables,portolan')
  const made: Plan = JSON.parse(out)
  assert.deepEqual(made.passive.value, { basePort: 61_000, numberOfPorts: 16, portEnd: 61_015 })
  assert.equal(made.need.exclusive.recommended.value, 5000)
  assert.equal(made.need.shared.minimum.because.code, 'shared-minimum')
  assert.deepEqual(
    made.sections.map(({ name, format }) => [name, format]),
    [
      ['portolan', 'yaml'],
      ['nftables', 'nft'],
    ],
  )
})

const NAT = ['--nat', '203.0.113.7', '--server', '10.0.0.5']
const TWO = ['--listener', '0.0.0.0:2121', '--listener', '[::]:990:implicit']
const written: readonly {
  title: string
  args: string[]
  check: (loaded: Loaded) => void
  warned?: string[]
}[] = [
  {
    title: 'as few flags as can be',
    args: FEW,
    check: ({ settings }) => {
      assert.deepEqual([settings.passive.basePort, settings.passive.numberOfPorts], [61_000, 16])
      assert.equal(settings.passive.sharing, 'by-client')
      assert.equal(settings.server.workers, 4)
      assert.deepEqual(settings.passive.addressRules, [])
      const [listener] = settings.listeners
      assert.deepEqual([listener?.host, listener?.port, listener?.tls], ['0.0.0.0', 21, 'optional'])
    },
  },
  {
    title: 'NAT: clients inside are told the local address, all others that of the NAT',
    args: [...FEW, ...NAT],
    check: ({ settings }) => {
      const rules = settings.passive.addressRules.map(({ clients, address }) => [clients, address])
      assert.deepEqual(rules, [
        ['10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16', 'local'],
        [undefined, '203.0.113.7'],
      ])
    },
  },
  {
    title: 'NAT to a private address: everybody is told it, since private clients may be outside',
    args: [...FEW, '--nat', '192.168.1.5'],
    warned: ['passive.addressRules[0]'],
    check: ({ settings }) => {
      assert.deepEqual(
        settings.passive.addressRules.map(({ address }) => address),
        ['192.168.1.5'],
      )
    },
  },
  {
    title: 'two listeners, active mode and a load balancer',
    args: [...FEW, ...TWO, '--active', '10000:1024', '--balancer', '10.0.0.9'],
    check: ({ settings }) => {
      assert.deepEqual(
        settings.listeners.map(({ port, tls, proxyProtocol }) => [port, tls, proxyProtocol]),
        [
          [2121, 'optional', ['10.0.0.9']],
          [990, 'implicit', ['10.0.0.9']],
        ],
      )
      assert.deepEqual(settings.passive.proxyProtocol, ['10.0.0.9'])
      assert.equal(settings.passive.addressRules[0]?.address, 'control')
      assert.deepEqual([settings.active.basePort, settings.active.numberOfPorts], [10_000, 1024])
    },
  },
  {
    title: 'more sessions than the defaults allow',
    args: ['--clients', '6000', '--per-client', '1', '--same-address', '60'],
    check: ({ settings }) => {
      assert.deepEqual([settings.limits.sessions, settings.limits.sessionsPerAddress], [12_000, 120])
    },
  },
  {
    title: 'exclusive ports',
    args: [...FEW, '--exclusive'],
    check: ({ settings }) => {
      assert.equal(settings.passive.sharing, 'exclusive')
      assert.equal(settings.passive.numberOfPorts, 5000)
    },
  },
]
type Loaded = Awaited<ReturnType<typeof loadSettings>>

for (const { title, args, check, warned = [] } of written) {
  test(`portolan.yaml is read as it was meant: ${title}`, async () => {
    const { code, out } = await run(...args, '--only', 'portolan')
    assert.equal(code, 0)
    const file = join(cwd, 'portolan.yaml')
    await writeFile(file, out)
    const loaded = await loadSettings({ file })
    // Users are not for a plan to make.
    assert.deepEqual(
      loaded.warnings.map(({ path }) => path).filter(path => path !== 'users'),
      warned,
    )
    check(loaded)
  })
}

const misuse: { args: string[]; err: RegExp }[] = [
  { args: ['--clients', '2'], err: /required option '--per-client <m>' not specified/ },
  {
    args: ['--clients', '0', '--per-client', '2'],
    err: /^--clients must be a whole number from 1 to 1000000, and not "0"$/,
  },
  { args: ['--clients', 'many', '--per-client', '2'], err: /^--clients must be .*, and not "many"$/ },
  {
    args: ['--clients', '2', '--per-client', '-1'],
    err: /^--per-client must be a whole number from 1 to 1000/,
  },
  { args: [...FEW, '--same-address', '501'], err: /^--same-address must not be more than the 500 clients/ },
  { args: [...FEW, '--transfer-seconds', '0'], err: /^--transfer-seconds must be/ },
  { args: [...FEW, '--base-port', '80'], err: /^--base-port must be .* from 1024 to 65535, and not "80"$/ },
  {
    args: [...FEW, '--listener', '21:secret'],
    err: /^--listener must be HOST:PORT, .*, and not "21:secret"$/,
  },
  { args: [...FEW, '--listener', 'localhost:21'], err: /^--listener must name an IP address/ },
  {
    args: [...FEW, '--listener', '21', '--listener', '21'],
    err: /^--listener is given twice: 0\.0\.0\.0:21$/,
  },
  {
    args: [...FEW, '--nat', 'gateway'],
    err: /^--nat must be an IPv4 address such as 203\.0\.113\.7, and not "gateway"$/,
  },
  { args: [...FEW, '--active', '10000'], err: /^--active must be BASE:COUNT/ },
  { args: [...FEW, '--active', '80:1'], err: /^--active cannot be: base port 80 .*, and not "80:1"$/ },
  { args: [...FEW, '--only', 'pf'], err: /^--only must be among portolan, nftables, .*, and not "pf"$/ },
  { args: [...FEW, '--only', 'nftables-nat'], err: /^--only nftables-nat needs --nat and --server/ },
  {
    args: ['--clients', '50000', '--per-client', '2', '--exclusive'],
    err: /^50000 clients .* that is enough for 32256;/,
  },
]
for (const { args, err } of misuse) {
  test(`portolan plan ${args.join(' ')} ends with code 2 and one line that says what is allowed`, async () => {
    const result = await run(...args)
    assert.equal(result.code, 2)
    assert.match(result.err.replace(/\nSee portolan --help\.$/, ''), err)
    assert.doesNotMatch(result.err.replace(/\nSee portolan --help\.$/, ''), /\n/)
    assert.equal(result.out, '')
  })
}
