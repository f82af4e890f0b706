import { FtpClient } from '@portolan/client'
import { type Diagnosis, describeStep, diagnose, type Verdict } from '@portolan/doctor'
import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'
import { clientOptionsFor, TransferError, type Zone, zoneOf } from '@portolan/transfers'
import type { SiteListing, SiteTest } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import { activePortsOf } from './active-ports.ts'
import { readPartners } from './partners.ts'
import type { SiteDraft } from './sites-service.ts'

/** How long a test may take in all, and each wait in it, in milliseconds. */
const TEST_MS = 60_000
const STEP_MS = 8_000
/** How long a listing may take. */
const LIST_MS = 30_000
/** Entries that are told. */
const MOST_ENTRIES = 5_000
/** Tests and listings at once: each holds several connections to a partner. */
const MOST_AT_ONCE = 4

let running = 0

const SUMMARIES: Readonly<Record<Diagnosis['outcome'], string>> = {
  good: 'It works.',
  warnings: 'It works, and something is not as it should be.',
  'no-data': 'The login works, and data connections do not work as they should.',
  'no-login': 'There is no login.',
}

interface TryServices {
  readonly store: Pick<Store, 'initiated'>
  inForce(): Settings
}

/** Runs the doctor against a site, by the zone, the mode and the secrets that its runs have. */
export async function testSite(services: TryServices, draft: SiteDraft): Promise<SiteTest> {
  return oneOfFew(async () => {
    const refused = await reach(services, draft).catch(asRefusal)
    if ('refusal' in refused) return refused.refusal
    const diagnosis = await diagnose({
      options: refused.options,
      ...(draft.site.folder !== '' && { folder: draft.site.folder }),
      stepMs: STEP_MS,
      totalMs: TEST_MS,
      signal: AbortSignal.timeout(TEST_MS),
    })
    return viewOf(diagnosis)
  })
}

/** Lists a folder of a site. @throws {FtpError} with what the partner said; {Problem} 409, 503 */
export async function listSite(
  services: TryServices,
  draft: SiteDraft,
  folder: string,
): Promise<SiteListing> {
  return oneOfFew(async () => {
    const { options } = await reach(services, draft)
    await using client = new FtpClient({ ...options, connections: 1 })
    const path = folder.startsWith('/') ? folder : [draft.site.folder, folder].filter(Boolean).join('/')
    const listing = await client.list(path === '' ? undefined : path, {
      signal: AbortSignal.timeout(LIST_MS),
    })
    const entries = listing.entries.slice(0, MOST_ENTRIES).map(({ name, kind, size, modified }) => ({
      name,
      type: TYPES[kind],
      ...(size !== undefined && { size }),
      ...(modified !== undefined && modified >= 0 && { modified }),
    }))
    return { folder: path, entries, complete: listing.entries.length <= MOST_ENTRIES }
  })
}

const TYPES = {
  file: 'file',
  folder: 'folder',
  link: 'link',
  other: 'other',
  unknown: 'other',
} as const

async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MOST_AT_ONCE) {
    const text = `${running} sites are being tried already: try again in a moment`
    throw new Problem(503, 'SITE_BUSY', text, undefined, { headers: { 'retry-after': '10' } })
  }
  running++
  try {
    return await work()
  } finally {
    running--
  }
}

async function reach({ store, inForce }: TryServices, { site, secrets }: SiteDraft) {
  const { zones } = await readPartners(store)
  const zone = zoneOf(
    site,
    zones.map(({ value }) => value),
  )
  const reachable = zone && (await withPassword(store, zone))
  return { options: clientOptionsFor(site, secrets, reachable, activePortsOf(inForce())) }
}

async function withPassword({ initiated }: Pick<Store, 'initiated'>, zone: Zone) {
  const { password } = (await initiated.zones.secrets(zone.name)) ?? {}
  return { zone, ...(password !== undefined && { password }) }
}

/** A site that cannot work, whatever the partner says: nothing was dialled. */
function asRefusal(error: unknown): { refusal: SiteTest } {
  if (!(error instanceof TransferError)) throw error
  const { code, message } = error
  const verdict = { code, severity: 'error' as const, title: message, advice: [] }
  return { refusal: { ok: false, summary: message, steps: [], verdicts: [verdict] } }
}

function viewOf({ outcome, steps, verdicts }: Diagnosis): SiteTest {
  return {
    ok: outcome === 'good' || outcome === 'warnings',
    summary: SUMMARIES[outcome],
    steps: steps
      .filter(({ status }) => status !== 'skip')
      .map(step => {
        const { title, line } = describeStep(step)
        return { step: title, ok: step.status !== 'fail', text: line, ms: step.ms }
      }),
    verdicts: verdicts.map(verdict => ({
      code: verdict.code,
      severity: verdict.severity,
      title: verdict.text,
      advice: adviceOf(verdict),
    })),
  }
}

/** Here the client is this server, and the server is the partner's. */
function adviceOf({ fixes: { client, server, network } }: Verdict): string[] {
  return [
    ...(client === undefined ? [] : [`In the site: ${client}`]),
    ...(server === undefined ? [] : [`At the partner: ${server}`]),
    ...(network === undefined ? [] : [`In the network: ${network}`]),
  ]
}
