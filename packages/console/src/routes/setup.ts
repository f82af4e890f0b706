import type { AdministratorRow } from '@portolan/store'
import { me, ROLE_SCOPES, setupBody, setupState } from '../contract/index.ts'
import { withReads } from '../http/principals.ts'
import { Problem } from '../http/problem.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import { checkTls } from '../http/session-cookie.ts'
import { isSameSecret } from '../http/tokens.ts'
import type { Services } from '../node/services.ts'
import { meOf } from './auth.ts'

/** Makes the first administrator, by the one-time token that the node told at its start. */
export const setupRoutes = (services: Services): Route[] => {
  const { administrators } = services.store
  let isRunning = false
  return [
    defineRoute({
      method: 'GET',
      path: '/setup',
      access: 'public',
      summary: 'Whether there is no administrator yet',
      tag: 'setup',
      response: setupState,
      handle: async () => ({ needed: (await administrators.list()).length === 0 }),
    }),
    defineRoute({
      method: 'POST',
      path: '/setup',
      access: 'public',
      summary: 'Make the first administrator and sign in as him',
      tag: 'setup',
      body: setupBody,
      response: me,
      status: 201,
      async handle(ask) {
        const { body, gate, request, reply } = ask
        checkTls(request)
        if ((await administrators.list()).length > 0) throw done()
        checkToken(ask, body.token)
        if (isRunning) throw new Problem(409, 'SETUP_RUNNING', 'Somebody else does this at this moment.')
        isRunning = true
        try {
          const password = await gate.passwords.hash(body.password)
          const row = await administrators.create({ name: body.name, role: 'administrator', password })
          await checkFirst(services, row)
        } finally {
          isRunning = false
        }
        gate.setup.spend()
        const { name } = body
        const cookie = await gate.signIn(request, reply, { kind: 'administrator', name })
        ask.audit({ action: 'administrator.create', target: name, actor: name, text: 'by the set-up link' })
        const scopes = withReads(ROLE_SCOPES.administrator)
        return meOf(
          services,
          { kind: 'administrator', name, role: 'administrator', scopes, actor: name },
          cookie,
        )
      },
    }),
  ]
}

const done = () =>
  new Problem(409, 'SETUP_DONE', 'There is an administrator already: sign in, or ask him for an account.')

/** @throws {Problem} 403, and 429 for who guesses */
function checkToken(
  { gate, address }: Pick<Ask<unknown, unknown, unknown>, 'gate' | 'address'>,
  token: string,
) {
  // By address alone: nobody can lock the set-up for others.
  const attempt = gate.throttle.begin(address, `setup:${address}`)
  const { current } = gate.setup
  if (current === undefined || !isSameSecret(token, current)) {
    const text =
      'The set-up link is not the newest one: open the link that the node printed at its last start.'
    throw new Problem(403, 'SETUP_TOKEN', text)
  }
  attempt.right()
}

/** Of two nodes that made one at the same moment, the later one takes its own back. */
async function checkFirst({ store }: Services, made: AdministratorRow): Promise<void> {
  const all = await store.administrators.list()
  const [first] = all.toSorted((a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1))
  if (first === undefined || first.name === made.name) return
  await store.administrators.remove(made.name)
  throw done()
}
