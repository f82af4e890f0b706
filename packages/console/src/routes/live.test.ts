import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { run as runSchema } from '../contract/index.ts'
import { type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { RawFtp, somePorts } from '../resources/testing-ftp.ts'
import { liveRoutes } from './live.ts'
import { usersRoutes } from './users.ts'

let app: TestApp
let url: string
let operator: Caller
/** Who listens to the server whether anybody watches or not. */
let own: number

before(async () => {
  app = await startTestApp({
    routes: services => [...liveRoutes(services), ...usersRoutes(services)],
    settings: { passive: await somePorts() },
  })
  own = app.services.server.listenerCount('event')
  await app.app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.app.server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/api/v1/live`
  operator = await app.as('operator')
  await operator.post('/users', { name: 'alice', password: 'secret' })
})
after(() => app[Symbol.asyncDispose]())

/** A browser that watches. */
class Watching implements Disposable {
  readonly response: Response
  readonly #abort: AbortController
  readonly #lines: AsyncIterator<string>

  private constructor(response: Response, abort: AbortController) {
    this.response = response
    this.#abort = abort
    const body = Readable.fromWeb(
      (response.body ?? new Blob().stream()) as Parameters<typeof Readable.fromWeb>[0],
    )
    body.on('error', () => {})
    this.#lines = createInterface({ input: body })[Symbol.asyncIterator]()
  }

  static async open(topics: string, who: Caller): Promise<Watching> {
    const abort = new AbortController()
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(20_000)])
    return new Watching(
      await fetch(`${url}?topics=${topics}`, { headers: { ...who.headers }, signal }),
      abort,
    )
  }

  /** The data of the next event of a topic; undefined once the stream has ended. */
  async next(topic: string): Promise<unknown> {
    let event = ''
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) return undefined
      if (value.startsWith('event: ')) event = value.slice(7)
      if (value.startsWith('data: ') && event === topic) return JSON.parse(value.slice(6))
    }
  }

  [Symbol.dispose](): void {
    this.#abort.abort()
  }
}

test('the head says what it is, that nothing keeps it, and carries the headers of security', async () => {
  using watching = await Watching.open('sample', operator)
  const { headers } = watching.response
  assert.equal(watching.response.status, 200)
  assert.match(headers.get('content-type') ?? '', /^text\/event-stream/)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  const sample = await watching.next('sample')
  assert.equal(typeof sample === 'object' && sample !== null && 'sessions' in sample, true)
})

test('sessions come whole first, then what changes: a session, its login, its end', async () => {
  using watching = await Watching.open('sessions', operator)
  assert.deepEqual(await watching.next('sessions'), { all: [] })
  using ftp = await RawFtp.open(app.services.server, 'alice', 'secret')
  const seen: string[] = []
  while (!seen.includes('alice')) seen.push(...usersOf(await watching.next('sessions')))
  using late = await Watching.open('sessions', operator)
  assert.deepEqual(usersOf(await late.next('sessions')), ['alice'])
  await ftp.say('QUIT')
  for (;;) {
    const event = JSON.stringify(await watching.next('sessions'))
    if (/"gone":\["[\d-]+"\]/.test(event)) break
  }
})

function usersOf(event: unknown): string[] {
  return [...JSON.stringify(event ?? null).matchAll(/"user":"(\w+)"/g)].flatMap(([, user]) => user ?? [])
}

test('ports, incidents and transfers come by one stream', async () => {
  using watching = await Watching.open('ports,incident,transfer', operator)
  const ports = await watching.next('ports')
  assert.match(JSON.stringify(ports), /"passive":\{"basePort":\d+,"numberOfPorts":\d+,"ports":\[\]\}/)
  using ftp = await RawFtp.open(app.services.server, 'alice', 'wrong')
  const incident = JSON.stringify(await watching.next('incident'))
  assert.match(incident, /"kind":"login-failed"/)
  assert.match(incident, /"id":"live-\d+"/)
  await ftp.say('QUIT')
})

test('nothing is looked at while nobody watches', async () => {
  const listeners = () => app.services.server.listenerCount('event')
  {
    using watching = await Watching.open('sessions,ports,incident', operator)
    await watching.next('ports')
    assert.ok(listeners() > own)
  }
  // The end of a connection takes a moment to be seen.
  for (let turn = 0; turn < 1_000 && listeners() > own; turn++)
    await new Promise(resolve => setImmediate(resolve))
  assert.equal(listeners(), own)
})

test('runs of transfers are told as they change', async () => {
  using watching = await Watching.open('run', operator)
  const { runs } = app.services.store.initiated
  const now = Date.now()
  const cause = { kind: 'request', text: 'somebody asks', properties: {} } as const
  const definition = { name: 'nightly', steps: [{ do: 'delete' }] }
  const run = { transfer: 'nightly', sites: [], cause, definition, dueAt: now + 3_600_000 }
  const [row] = await runs.enqueue([run], now)
  const queued = runSchema.parse(await watching.next('run'))
  assert.deepEqual([queued.id, queued.state], [row?.id, 'waiting'])
  await runs.cancel(queued.id, now)
  assert.equal(runSchema.parse(await watching.next('run')).state, 'cancelled')
})

for (const { topics, scopes, status } of [
  { topics: 'sessions', scopes: ['sessions:read'], status: 200 },
  { topics: 'sessions', scopes: ['sessions:write'], status: 200 },
  { topics: 'sample', scopes: ['metrics:read'], status: 200 },
  { topics: 'sample,transfer', scopes: ['metrics:read'], status: 403 },
  { topics: 'incident', scopes: ['sessions:read'], status: 403 },
  { topics: 'ports', scopes: ['logs:read'], status: 403 },
  { topics: 'run', scopes: ['logs:read'], status: 403 },
  { topics: 'run', scopes: ['transfers:read'], status: 200 },
  { topics: 'everything', scopes: ['logs:read'], status: 422 },
  { topics: '', scopes: ['logs:read'], status: 422 },
] as const) {
  test(`a token with ${scopes.join()} that asks for "${topics}" gets ${status}`, async () => {
    using watching = await Watching.open(topics, await app.withToken(...scopes))
    assert.equal(watching.response.status, status)
  })
}

test('a user of the Files page and nobody watch nothing', async () => {
  using user = await Watching.open('sample', await app.asUser('alice'))
  assert.equal(user.response.status, 403)
  using nobody = await Watching.open('sample', app.anonymous)
  assert.equal(nobody.response.status, 401)
})

test('a stream ends when the token is withdrawn, and when the administrator is', async () => {
  using byToken = await Watching.open('sessions', await app.withToken('sessions:read'))
  using other = await Watching.open('sessions', operator)
  using fired = await Watching.open('sample', await app.as('read-only', 'fired'))
  await byToken.next('sessions')
  const { tokens, administrators } = app.services.store
  const { items } = await tokens.list({ offset: 0, limit: 500 })
  for (const { id } of items) await tokens.remove(id)
  while ((await byToken.next('sessions')) !== undefined);
  await administrators.change('fired', { enabled: false })
  while ((await fired.next('sample')) !== undefined);
  // Whoever is still allowed goes on.
  await other.next('sessions')
  using _ftp = await RawFtp.open(app.services.server, 'alice', 'secret')
  assert.match(JSON.stringify(await other.next('sessions')), /"changed":/)
})

test('one person has ten streams at most, and one that ends makes room', async () => {
  const busy = await app.as('read-only', 'busy')
  using stack = new DisposableStack()
  const open = await Promise.all(Array.from({ length: 10 }, () => Watching.open('sample', busy)))
  for (const one of open) stack.use(one)
  assert.deepEqual(new Set(open.map(({ response }) => response.status)), new Set([200]))
  {
    using eleventh = await Watching.open('sample', busy)
    assert.equal(eleventh.response.status, 429)
  }
  open[0]?.[Symbol.dispose]()
  for (;;) {
    using again = await Watching.open('sample', busy)
    if (again.response.status === 200) break
  }
})

test('a console that closes ends its streams', async () => {
  const closing = await startTestApp({ routes: liveRoutes })
  await closing.app.listen({ port: 0, host: '127.0.0.1' })
  const address = closing.app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const { headers } = await closing.as('operator')
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/live`, { headers: { ...headers } })
  const text = response.text()
  await closing[Symbol.asyncDispose]()
  assert.match(await text, /event: sample/)
})
