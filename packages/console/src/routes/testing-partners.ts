import { runDetail } from '../contract/index.ts'
import { type Answer, type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { somePorts } from '../resources/testing-ftp.ts'
import { PARTNER_PASSWORD, PARTNER_USER, type Partner, startPartner } from '../resources/testing-partner.ts'
import { comingRoutes } from './coming.ts'
import { runsRoutes } from './runs.ts'
import { siteTransfersRoutes } from './site-transfers.ts'
import { sitesRoutes } from './sites.ts'
import { usersRoutes } from './users.ts'
import { zonesRoutes } from './zones.ts'

const ROUTES = [zonesRoutes, sitesRoutes, siteTransfersRoutes, runsRoutes, comingRoutes, usersRoutes]

/** An app with a partner, and the FTP user alice. */
export interface PartnersApp extends AsyncDisposable {
  readonly app: TestApp
  readonly partner: Partner
  readonly root: Caller
  readonly operator: Caller
  /** Every answer that the two were given, to be searched for secrets. */
  readonly answers: readonly string[]
  /** The partner as a site `acme`, by TLS. */
  siteOf(more?: object): object
  /** Waits until a run is over. */
  ended(id: string): Promise<ReturnType<typeof runDetail.parse>>
}

export async function startPartnersApp(): Promise<PartnersApp> {
  await using started = new AsyncDisposableStack()
  const partner = started.use(await startPartner())
  const app = started.use(
    await startTestApp({
      routes: services => ROUTES.flatMap(make => make(services)),
      settings: { passive: await somePorts() },
    }),
  )
  const answers: string[] = []
  const root = heard(await app.as('administrator'), answers)
  const operator = heard(await app.as('operator'), answers)
  await root.post('/users', { name: 'alice', password: 'secret of alice' })
  const owned = started.move()
  return {
    app,
    partner,
    root,
    operator,
    answers,
    siteOf: more => ({
      name: 'acme',
      protocol: 'ftps-explicit',
      host: '127.0.0.1',
      port: partner.port,
      user: PARTNER_USER,
      tls: { verify: false },
      folder: 'in',
      zone: 'none',
      secrets: { password: PARTNER_PASSWORD },
      ...more,
    }),
    async ended(id) {
      const signal = AbortSignal.timeout(30_000)
      for (;;) {
        signal.throwIfAborted()
        const detail = runDetail.parse((await operator.get(`/runs/${id}`)).body)
        if (detail.endedAt !== undefined) return detail
        await app.services.transfers.running?.idle(signal)
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Pushes the CSV files of alice to `acme`. */
export const transferOf = (more: object = {}) => ({
  name: 'to acme',
  steps: [{ do: 'push', site: 'acme', from: { user: 'alice', path: '/' }, pattern: '*.csv' }],
  ...more,
})

/** The fields that an answer says are wrong. */
export function fieldsOf({ body }: Answer): string[] {
  return typeof body === 'object' && body !== null && 'errors' in body && Array.isArray(body.errors)
    ? body.errors.map((error: { path: string }) => error.path)
    : []
}

/** A caller whose answers are kept. */
function heard(caller: Caller, answers: string[]): Caller {
  const keep = async (answer: Promise<Answer>) => {
    const got = await answer
    answers.push(got.text)
    return got
  }
  return {
    ...caller,
    get: path => keep(caller.get(path)),
    post: (path, body = {}) => keep(caller.post(path, body)),
    put: (path, body) => keep(caller.put(path, body)),
    delete: path => keep(caller.delete(path)),
  }
}
