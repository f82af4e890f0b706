import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type ApiClient, serveConsole, setUp, signIn } from './support/console.ts'
import { makeScratch } from './support/scratch.ts'

const DEATHS = 10
/** Longest life of a node once writes have begun, in milliseconds. */
const LIFE_MS = 500

/** What was acknowledged: the newest state of everything that was written. */
interface Acknowledged {
  readonly users: Map<string, string>
  version: number
  greeting: string
}

/** Writes users, one after the other, until the node is gone. */
async function writeUsers(api: ApiClient, life: number, seen: Acknowledged): Promise<void> {
  for (let count = 0; ; count++) {
    const name = `u${life}-${count}`
    const made = await api.call('POST', '/users', { name, maxSessions: count }).catch(() => undefined)
    if (made === undefined) return
    assert.equal(made.status, 201, JSON.stringify(made.body))
    seen.users.set(name, String(count))
    const changed = await api.call('PATCH', `/users/${name}`, { enabled: false }).catch(() => undefined)
    if (changed === undefined) return
    assert.equal(changed.status, 200, JSON.stringify(changed.body))
    seen.users.set(name, `${count} disabled`)
  }
}

/** Changes a setting, again and again, until the node is gone. */
async function writeSettings(api: ApiClient, life: number, seen: Acknowledged): Promise<void> {
  for (let count = 0; ; count++) {
    const greeting = `life ${life}, number ${count}`
    const body = { base: seen.version, changes: [{ path: 'messages.greeting', value: greeting }] }
    const saved = await api.call('PATCH', '/settings', body).catch(() => undefined)
    if (saved === undefined) return
    assert.equal(saved.status, 200, JSON.stringify(saved.body))
    seen.version = (saved.body as { version: number }).version
    seen.greeting = greeting
  }
}

/** Everything that was acknowledged is there. One write more may be: it was on its way. */
async function check(api: ApiClient, seen: Acknowledged): Promise<void> {
  for (const [name, state] of seen.users) {
    const user = await api.must<{ maxSessions: number; enabled: boolean }>('GET', `/users/${name}`)
    const found = `${user.maxSessions}${user.enabled ? '' : ' disabled'}`
    assert.ok(found === state || found === `${state} disabled`, `${name} is ${found}, and was ${state}`)
  }
  const view = await api.must<{ version: number; effective: { messages: { greeting?: string } } }>(
    'GET',
    '/settings',
  )
  assert.ok(
    view.version === seen.version || view.version === seen.version + 1,
    `version ${view.version}, and ${seen.version} was acknowledged`,
  )
  if (view.version === seen.version && seen.version > 0)
    assert.equal(view.effective.messages.greeting, seen.greeting)
  seen.version = view.version
}

it(`a node that is killed in the middle of writes, ${DEATHS} times, has lost nothing that it had acknowledged`, async () => {
  await using scratch = await makeScratch()
  const seen: Acknowledged = { users: new Map(), version: 0, greeting: '' }
  for (let life = 0; life <= DEATHS; life++) {
    await using node = await serveConsole([], { cwd: scratch.path })
    const api = life === 0 ? await setUp(node) : await signIn(node.url)
    await check(api, seen)
    const writers = [writeUsers(api, life, seen), writeSettings(api, life, seen)]
    await pause(50 + Math.random() * LIFE_MS)
    await node.stop('SIGKILL')
    await Promise.all(writers)
  }
  assert.ok(seen.users.size >= DEATHS, `only ${seen.users.size} users were made`)
  assert.ok(seen.version >= DEATHS, `only ${seen.version} versions were saved`)
})
