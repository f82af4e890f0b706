import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ApiClient, type ServedConsole, serveConsole, setUp } from '../support/console.ts'
import { freePorts } from '../support/ports.ts'
import { makeScratch } from '../support/scratch.ts'
import { arrangeAccess } from './access.ts'
import { startAccessParts } from './access-parts.ts'
import { arrangeTransfers, PARTNER_LOGIN, type Partner, startPartner } from './partner.ts'
import { Visitor } from './visitor.ts'

/** The password of every user of a busy node. */
export const PASSWORD = 'a password for all of them'

/** Bytes of an upload that is on its way all the time, and how many of them come each tenth of a second. */
const SLOW_BYTES = 400 * 1024 * 1024
const TICK_MS = 100

/** A node with users, sessions, transfers that run, and things that went wrong. */
export interface BusyNode extends AsyncDisposable {
  readonly node: ServedConsole
  readonly api: ApiClient
}

const USERS = [
  { name: 'acme-billing', groups: ['partners'], quota: { bytes: '10GiB' }, maxSessions: 4 },
  { name: 'acme-orders', groups: ['partners'], networks: ['203.0.113.0/24'] },
  { name: 'alice', groups: ['staff'], requireTls: false },
  { name: 'bob', groups: ['staff'], downloadRate: '20MiB/s' },
  { name: 'northwind', groups: ['partners'], expires: '2027-12-31' },
  { name: 'scanner-3f', groups: [], uploadRate: '2MiB/s' },
  { name: 'old-partner', groups: ['partners'], enabled: false },
]

/** Starts a busy node. What runs on it ends with it. */
export async function startBusyNode(): Promise<BusyNode> {
  await using started = new AsyncDisposableStack()
  const { path: cwd } = started.use(await makeScratch())
  await writeSettings(join(cwd, 'data'))
  const node = started.use(
    await serveConsole([], { cwd, places: ['--console', '127.0.0.1:0', '--workers', '2'] }),
  )
  const api = await setUp(node)
  await administer(api)
  started.use(await comeAndGo(node))
  const partner = started.use(await startPartner())
  await arrangeTransfers(api, partner)
  started.use(await openAccess(api, partner))
  const owned = started.move()
  return { node, api, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function writeSettings(data: string): Promise<void> {
  const { basePort } = await freePorts(80)
  await mkdir(data, { recursive: true })
  const text = `listeners: [{ name: public, host: 127.0.0.1, port: 0, proxyProtocol: 127.0.0.1 }]
passive: { basePort: ${basePort}, numberOfPorts: 64, proxyProtocol: 127.0.0.1, acceptTimeout: 1s }
active: { basePort: ${basePort + 64}, numberOfPorts: 16 }
tls: { selfSigned: true }
server: { dataFolder: ., name: Harbour FTP }
gateway: { enabled: true, host: 127.0.0.1, port: 0 }
timeouts: { idle: 1h }
`
  await writeFile(join(data, 'portolan.yaml'), text)
}

/** Lets people reach the partner's server through the access path, too. */
async function openAccess(api: ApiClient, { port }: Partner): Promise<AsyncDisposable> {
  const target = { host: '127.0.0.1', port, ...PARTNER_LOGIN }
  const edge = await arrangeAccess(api, target)
  return startAccessParts({ api, target, edge, user: { name: 'bob', password: PASSWORD } })
}

async function administer(api: ApiClient): Promise<void> {
  await api.must('POST', '/groups', { name: 'staff' })
  await api.must('POST', '/groups', {
    name: 'partners',
    permissions: [
      { path: '/', allow: 'readOnly' },
      { path: '/incoming', allow: 'all' },
    ],
  })
  for (const user of USERS) await api.must('POST', '/users', { password: PASSWORD, ...user })
  await change(api, 'Tell partners the public address', {
    userClasses: [
      { name: 'partner', groups: 'partners' },
      { name: 'office', from: '10.0.0.0/8,192.0.2.0/24' },
    ],
    'passive.addressRules': [
      { name: 'inside', clients: '10.0.0.0/8', address: 'local' },
      { name: 'partners', userClass: 'partner', address: '203.0.113.7' },
      {
        name: 'old site',
        userClass: 'partner',
        destination: '198.51.100.*',
        address: '198.51.100.20',
        enabled: false,
      },
      { address: 'control' },
    ],
  })
  await change(api, 'A greeting', { 'messages.greeting': 'Harbour FTP. Files of partners.' })
  await api.must('POST', '/administrators', { name: 'olga', role: 'operator', password: PASSWORD })
  await api.must('POST', '/administrators', { name: 'rita', role: 'read-only', password: PASSWORD })
  await api.must('POST', '/tokens', { name: 'prometheus', scopes: ['metrics:read'] })
  await api.must('POST', '/certificates/self-signed', { name: 'harbour', names: ['ftp.example.com'] })
  await api.must('POST', '/bans', {
    kind: 'address',
    value: '192.0.2.66',
    reason: 'scans for names',
    kick: false,
  })
  await api.must('POST', '/bans', {
    kind: 'address',
    value: '198.51.100.128/25',
    minutes: 90,
    reason: '',
    kick: false,
  })
}

async function change(
  api: ApiClient,
  comment: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { version } = await api.must<{ version: number }>('GET', '/settings')
  const changes = Object.entries(values).map(([path, value]) => ({ path, value }))
  await api.must('PATCH', '/settings', { base: version, comment, changes })
}

/** Sessions that stand, a transfer that runs, and some that failed. */
async function comeAndGo({ ftpPort }: ServedConsole): Promise<AsyncDisposable> {
  await using staying = new AsyncDisposableStack()
  const arrive = async (address: string) => staying.use(await Visitor.arrive(ftpPort, address))
  const alice = await (await arrive('192.0.2.14')).logIn('alice', PASSWORD)
  await alice.dialogue.ask('MKD reports', 257)
  for (const [index, name] of ['january.csv', 'february.csv', 'march.csv'].entries())
    await alice.upload(`reports/${name}`, randomBytes(180_000 * (index + 1)))
  await alice.upload('read me.txt', Buffer.from('Reports are in /reports.\n'))
  await alice.upload('photo of the harbour.jpg', randomBytes(2_400_000))
  await alice.download('MLSD')
  await alice.download('RETR reports/march.csv', 'PASV')

  const acme = await (await arrive('203.0.113.9')).logIn('acme-billing', PASSWORD)
  await acme.download('LIST', 'PASV')
  // A firewall of the client that lets PASV through and not the connection that follows.
  for (const command of ['RETR invoices.zip', 'LIST']) {
    await acme.dialogue.ask('PASV', 227)
    await acme.dialogue.ask(command)
  }
  const north = await (await arrive('198.51.100.4')).logIn('northwind', PASSWORD)
  await north.dialogue.ask('PORT 10,0,0,5,200,1')
  await north.dialogue.ask('EPSV', 229)
  const stranger = await arrive('192.0.2.99')
  await stranger.dialogue.ask('USER root', 331)
  await stranger.dialogue.ask('PASS toor', 530)

  const scanner = await (await arrive('10.1.4.30')).logIn('scanner-3f', PASSWORD)
  const link = staying.use(await scanner.begin('STOR scan-2026-11.tif'))
  const piece = randomBytes(128 * 1024)
  let left = SLOW_BYTES
  const timer = setInterval(() => {
    if (left <= 0 || link.raw.destroyed) return clearInterval(timer)
    left -= piece.length
    // Bounded by the rate of the user: what does not go out is not written.
    if (link.raw.writableLength < piece.length) link.raw.write(piece)
  }, TICK_MS)
  staying.defer(() => clearInterval(timer))
  const bob = await (await arrive('192.0.2.15')).logIn('bob', PASSWORD)
  await bob.upload('plan.pdf', randomBytes(5_000_000))
  await arrive('203.0.113.77')
  const owned = staying.move()
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
