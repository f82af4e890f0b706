import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { joinNamespaces, makeNamespace, type Namespace, skipNetwork } from './lab/network/namespaces.ts'
import { mustSucceed, type ProgramResult, runProgram } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'
import { until } from './support/within.ts'

const COMMAND = fileURLToPath(new URL('../packages/cli/bin/portolan.mjs', import.meta.url))
const OUTSIDE = '203.0.113.7'
const CLIENT = '203.0.113.20'
const GATEWAY = '10.0.0.1'
const SERVER = '10.0.0.5'
/** Exit code of curl. */
const COULD_NOT_CONNECT = 7
const LOAD = ['--clients', '20', '--per-client', '2', '--workers', '1']
const BEHIND_NAT = [...LOAD, '--nat', OUTSIDE, '--server', SERVER, '--active', '10000:16']
const BEHIND_BALANCER = [...LOAD, '--server', SERVER, '--balancer', GATEWAY]

/** A firewall that lets nothing pass these chains, with a rule at the end that rejects. */
const STRICT = {
  nftables: (chains: readonly string[]) =>
    chains
      .map(
        chain =>
          `add table inet filter
           add chain inet filter ${chain} { type filter hook ${chain} priority filter; policy drop; }
           add rule inet filter ${chain} reject`,
      )
      .join('\n'),
  iptables: (chains: readonly string[]) =>
    chains
      .map(chain => chain.toUpperCase())
      .map(chain => `iptables -P ${chain} DROP; iptables -A ${chain} -j REJECT`)
      .join('\n'),
}

interface Site extends AsyncDisposable {
  readonly folder: string
  readonly client: Namespace
  readonly gateway: Namespace
  readonly server: Namespace
  /** Asks the server for a file, from the client. */
  curl(...args: readonly string[]): Promise<ProgramResult>
}

/** A text of the plan, as `--only` gives it. */
async function planned(flags: readonly string[], section: string): Promise<string> {
  const result = await runProgram(process.execPath, [COMMAND, 'plan', ...flags, '--only', section])
  return mustSucceed('portolan plan', result).stdout
}

/** A client, a gateway with the address that it dials, and a server with the settings of the plan. */
async function site(plan: readonly string[], content: Buffer): Promise<Site> {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await makeScratch())
  const client = starting.use(await makeNamespace('client'))
  const gateway = starting.use(await makeNamespace('gateway'))
  const server = starting.use(await makeNamespace('server'))
  await joinNamespaces(
    { namespace: client, interface: 'out', address: `${CLIENT}/24` },
    { namespace: gateway, interface: 'to-client', address: `${OUTSIDE}/24` },
  )
  await joinNamespaces(
    { namespace: gateway, interface: 'to-server', address: `${GATEWAY}/24` },
    { namespace: server, interface: 'out', address: `${SERVER}/24` },
  )
  await gateway.forward()
  await server.ip(`route add default via ${GATEWAY}`)
  const files = join(path, 'files')
  await mkdir(files)
  await writeFile(join(files, 'file'), content)
  const settings = join(path, 'portolan.yaml')
  await writeFile(settings, await planned(plan, 'portolan'))
  const flags = ['--config', settings, '--user', 'alice:secret']
  const program = await server.start(process.execPath, [COMMAND, 'serve', files, ...flags])
  assert.match((await program.line()) ?? program.errors, /^ready ftp:/)
  const kept = starting.move()
  return {
    folder: path,
    client,
    gateway,
    server,
    curl: (...args) =>
      client.run('curl', [
        ...['-sS', '--max-time', '10', '--user', 'alice:secret', ...args],
        ...['-o', join(path, 'got'), `ftp://${OUTSIDE}/file`],
      ]),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** What is meant to work with NAT and with a load balancer, as flags of curl. */
const PASSIVE = {
  'EPSV under TLS': ['--ssl-reqd', '-k'],
  'PASV under TLS, at the address that is told': [
    '--ssl-reqd',
    '-k',
    '--disable-epsv',
    '--no-ftp-skip-pasv-ip',
  ],
  'PASV in the clear': ['--disable-epsv', '--no-ftp-skip-pasv-ip'],
}
/** What is meant to work with NAT. */
const ALL = { ...PASSIVE, 'active mode': ['-P', '-'] }

const FIREWALLS = {
  nftables: {
    server: 'nftables',
    gateway: 'nftables-nat',
    paste: (text: string) => `nft -f - <<'NFT'\n${text}\nNFT`,
  },
  iptables: { server: 'iptables', gateway: 'iptables-nat', paste: (text: string) => text },
} as const

async function fetchAll(
  { curl, folder }: Site,
  ways: Readonly<Record<string, readonly string[]>>,
  content: Buffer,
): Promise<void> {
  for (const [way, flags] of Object.entries(ways)) {
    const result = await curl(...flags)
    assert.equal(result.code, 0, `${way}: ${result.stderr}`)
    assert.deepEqual(await readFile(join(folder, 'got')), content, way)
  }
}

const skip = skipNetwork()

describe('portolan plan', { skip }, () => {
  for (const firewall of ['nftables', 'iptables'] as const) {
    it(`opens a server and its gateway that let nothing pass: ${firewall}`, async () => {
      const content = randomBytes(200_000)
      await using all = await site(BEHIND_NAT, content)
      const { server, gateway, curl } = all
      const sh = async (where: Namespace, script: string) =>
        void mustSucceed('sh', await where.run('sh', ['-e', '-c', script]))
      const { paste, ...sections } = FIREWALLS[firewall]
      const strict = (...chains: readonly string[]) => {
        const text = STRICT[firewall](chains)
        return firewall === 'nftables' ? paste(text) : text
      }
      await sh(server, strict('input', 'output'))
      await sh(gateway, strict('input', 'forward'))
      const before = await curl()
      assert.equal(before.code, COULD_NOT_CONNECT, before.stderr)

      await sh(server, paste(await planned(BEHIND_NAT, sections.server)))
      await sh(gateway, paste(await planned(BEHIND_NAT, sections.gateway)))
      await fetchAll(all, ALL, content)
    })
  }

  it('stands behind a load balancer that dials the port that was dialled', async () => {
    const content = randomBytes(200_000)
    await using all = await site(BEHIND_BALANCER, content)
    const { folder, gateway } = all
    const file = join(folder, 'haproxy.cfg')
    await writeFile(file, `${await planned(BEHIND_BALANCER, 'haproxy')}\n`)
    await using _ = await gateway.start('haproxy', ['-db', '-f', file])
    await until(async () => (await all.curl()).code === 0 || 'haproxy does not pass anything on')
    await fetchAll(all, PASSIVE, content)
  })
})
