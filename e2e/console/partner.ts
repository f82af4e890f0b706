import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { servePortolan } from '../support/command.ts'
import type { ApiClient } from '../support/console.ts'
import { freePorts } from '../support/ports.ts'
import { makeScratch } from '../support/scratch.ts'

/** How one logs in at the partner's server. */
export const PARTNER_LOGIN = { user: 'partner', password: 'a password of the partner' } as const
/** Bytes per second of a partner whose run is to be seen while it runs. */
const SLOW = 12 * 1024
const WAIT_MS = 30_000

/** A partner's FTP server. */
export interface Partner extends AsyncDisposable {
  readonly port: number
}

/** Starts a partner's server with files to fetch. */
export async function startPartner(): Promise<Partner> {
  await using started = new AsyncDisposableStack()
  const { path } = started.use(await makeScratch())
  await mkdir(join(path, 'out'))
  await mkdir(join(path, 'in'))
  await writeFile(join(path, 'out', 'invoice-2026-11.xml'), '<invoice/>\n'.repeat(2_000))
  await writeFile(join(path, 'out', 'invoice-2026-10.xml'), '<invoice/>\n'.repeat(900))
  const { basePort, numberOfPorts } = await freePorts(32)
  const serving = started.use(
    await servePortolan(
      [
        path,
        '--user',
        `${PARTNER_LOGIN.user}:${PARTNER_LOGIN.password}`,
        '--listen',
        '127.0.0.1:0',
        '--passive-ports',
        `${basePort}:${numberOfPorts}`,
      ],
      { cwd: path },
    ),
  )
  const owned = started.move()
  return { port: serving.ports[0] ?? 0, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Sites, zones and transfers of every kind: one that works, one that fails, one that is slow. Runs that are over are over. */
export async function arrangeTransfers(api: ApiClient, partner: Partner): Promise<void> {
  const acme = {
    protocol: 'ftp',
    host: '127.0.0.1',
    port: partner.port,
    user: PARTNER_LOGIN.user,
    secrets: { password: PARTNER_LOGIN.password },
  }
  const { basePort: closed } = await freePorts(1)
  await api.must('POST', '/zones', {
    name: 'dmz',
    description: 'Through the DMZ',
    proxy: { kind: 'socks5', host: 'proxy.example.com', port: 1080 },
  })
  const sites: readonly object[] = [
    {
      name: 'acme',
      description: 'Orders and invoices of Acme',
      owner: { kind: 'group', name: 'partners' },
      ...acme,
    },
    { name: 'acme-archive', ...acme, folder: 'in', bandwidth: SLOW },
    {
      name: 'globex',
      host: '127.0.0.1',
      port: closed,
      user: 'portolan',
      enableActiveMode: true,
      zone: 'none',
      retry: { attempts: 1 },
    },
    { name: 'initech', host: 'ftp.initech.example', zone: 'dmz', tls: { verify: false } },
  ]
  for (const site of sites) await api.must('POST', '/sites', site)
  for (const transfer of TRANSFERS) await api.must('POST', '/site-transfers', transfer)
  const runs = ['reports-to-acme', 'invoices-from-acme', 'reports-to-globex']
  for (const name of runs) await overRun(api, name)
  await api.must('POST', '/site-transfers/photos-to-archive/run', {})
}

const CSV = { from: { user: 'alice', path: '/reports' }, pattern: '*.csv' }

const TRANSFERS: readonly object[] = [
  {
    name: 'orders-to-acme',
    description: 'As soon as Alice has them',
    trigger: { on: 'arrival', place: { user: 'alice', path: '/outbox' }, pattern: '*.csv' },
    conditions: [{ property: 'file.size', is: 'over', value: '0' }],
    steps: [
      {
        do: 'push',
        site: 'acme',
        to: 'in',
        as: '{stem}-{date}.{extension}',
        onSuccess: { do: 'move', to: 'sent' },
      },
      { do: 'checksum-file' },
    ],
    onFailure: [{ do: 'webhook', url: 'https://hooks.example.com/failed' }],
  },
  {
    name: 'reports-to-acme',
    schedule: { cron: '30 6 * * 1-5', timeZone: 'Europe/Berlin', except: ['2026-12-25'] },
    steps: [{ do: 'push', site: 'acme', to: 'in', ...CSV }],
  },
  {
    name: 'invoices-from-acme',
    schedule: { cron: '*/15 * * * *' },
    steps: [{ do: 'pull', site: 'acme', from: 'out', pattern: '*.xml', to: { user: 'bob', path: '/' } }],
  },
  {
    name: 'reports-to-globex',
    schedule: { cron: '0 22 1 * *', timeZone: 'America/New_York' },
    steps: [{ do: 'push', site: 'globex', ...CSV }],
  },
  {
    name: 'photos-to-archive',
    steps: [{ do: 'push', site: 'acme-archive', from: { user: 'alice', path: '/' }, pattern: '*.jpg' }],
  },
]

/** Runs a transfer, and waits until the run is over. */
async function overRun(api: ApiClient, name: string): Promise<void> {
  const { id } = await api.must<{ id: string }>('POST', `/site-transfers/${name}/run`, {})
  const until = Date.now() + WAIT_MS
  for (;;) {
    const { state } = await api.must<{ state: string }>('GET', `/runs/${id}`)
    if (['succeeded', 'failed', 'cancelled'].includes(state)) return
    if (Date.now() > until) throw new Error(`the run of ${name} is ${state} after ${WAIT_MS} ms`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
