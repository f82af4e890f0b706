import { STATUS } from '../codes.ts'
import type { EdgeSaysToAgent } from '../control/messages.ts'
import type { Agent, AgentOptions } from '../parts.ts'
import type { Definition, Target } from '../policy/types.ts'
import type { DialTcp } from '../transport/open-tls.ts'
import { decide } from './decide.ts'
import { createDirectDialler } from './direct.ts'
import { EdgeLinks } from './edge-links.ts'
import { EncryptedControls } from './encrypted-controls.ts'
import { Expectations } from './expectations.ts'
import { serveHttpConnect } from './intercept/http-connect.ts'
import { serveLoopback } from './intercept/loopback.ts'
import { serveSocks5 } from './intercept/socks5.ts'
import { interceptTransparently, prepareTransparent, type Transparent } from './intercept/transparent.ts'
import { createMatcher, type Matcher } from './matcher.ts'
import { Reach } from './reach.ts'
import { SignedIn } from './signed-in.ts'

type Definitions = Extract<EdgeSaysToAgent, { type: 'definitions' }>

/**
 * Starts an agent: signs in unless a sign-in is kept, connects to the edges, and takes connections of client programs. An edge that
 * cannot be reached is dialled again and again; connections are refused meanwhile.
 * @throws {GatewayError} `GATEWAY_SIGN_IN_REFUSED`, `GATEWAY_CODE_NEEDED`, `GATEWAY_UNREACHABLE`, `GATEWAY_INVITATION`, `GATEWAY_IDENTITY`,
 * `GATEWAY_PEER`, `GATEWAY_INTERCEPT`
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { user, intercept, onEvent, now = Date.now } = options
  await using starting = new AsyncDisposableStack()
  const kernel = intercept.transparent === true ? await prepareTransparent() : undefined
  const direct = createDirectDialler(kernel)
  const dial: DialTcp | undefined = kernel && ((to, signal) => direct.dial(to, signal))
  const signedIn = starting.use(await SignedIn.begin({ ...options, now, ...(dial && { dial }) }))

  const expectations = new Expectations(now)
  const encrypted = new EncryptedControls((host, isEncrypted) => transparent?.encrypted(host, isEncrypted))
  const firstWord = Promise.withResolvers<void>()
  let matcher: Matcher | undefined
  let told = -1
  let transparent: Transparent | undefined
  const warn = (code: string) => (text: string) => onEvent({ type: 'warning', code, text })

  const onDefinitions = ({ version, definitions, edges }: Definitions) => {
    links.setAddresses(edges)
    // Of two edges, one may not have heard of a change yet.
    if (version < told && links.edges > 1) return
    told = version
    try {
      matcher = createMatcher(definitions)
    } catch (error) {
      warn('DEFINITIONS')(textOf(error))
      return
    }
    firstWord.resolve()
    const example = exampleOf(definitions)
    // Told once it is so: what is redirected is what was said.
    void (transparent?.update(definitions) ?? Promise.resolve())
      .catch((error: unknown) => warn('GATEWAY_INTERCEPT')(textOf(error)))
      .then(() => onEvent({ type: 'definitions', segments: definitions.length, ...(example && { example }) }))
  }
  const links: EdgeLinks = starting.use(
    new EdgeLinks({
      identity: signedIn.identity,
      ...(dial && { dial }),
      ...(options.windows && { windows: options.windows }),
      now,
      about: { version: options.version, device: options.device },
      onEvent,
      onDefinitions,
      onSignInEnded: status => signedIn.refused(status.text),
    }),
  )
  signedIn.onRenewed = identity => links.signedIn(identity)
  const reach = new Reach({
    ...{ links, expectations, encrypted, direct, now },
    identity: () => signedIn.identity,
    matcher: () => matcher,
    firstWord: firstWord.promise,
    onEvent,
    onExpected: (note, control) => transparent?.expect(note, control),
    onWarning: ({ code, text }, control) => warn(code)(`${control}: ${text}`),
  })

  const { socks5, http, listeners = [] } = intercept
  for (const open of [socks5?.login ? undefined : socks5, http]) {
    if (open && !isLoopback(open.host))
      warn('OPEN')(
        `Whoever reaches ${open.host} port ${open.port} goes through this agent as ${user}: listen at 127.0.0.1, or ask for a login (SOCKS 5 alone can).`,
      )
  }
  if (socks5) {
    const { address } = starting.use(await serveSocks5({ ...socks5, reach, onProblem: warn('SOCKS5') }))
    onEvent({ type: 'listening', how: 'socks5', address })
  }
  if (http) {
    const { address } = starting.use(await serveHttpConnect({ ...http, reach }))
    onEvent({ type: 'listening', how: 'http', address })
  }
  for (const listener of listeners) {
    const { address } = starting.use(await serveLoopback({ ...listener, reach, onProblem: warn('LISTENER') }))
    onEvent({ type: 'listening', how: 'listener', address })
  }
  if (kernel) {
    transparent = starting.use(
      await interceptTransparently({ kernel, reach, onProblem: warn('TRANSPARENT') }),
    )
    await transparent.update(matcher?.definitions ?? [])
    onEvent({ type: 'listening', how: 'transparent', address: transparent.address })
  }
  // First of all, so that what is open is broken off for the right reason.
  starting.defer(() => reach.abort({ code: 'AGT_STOPPED', text: STATUS.AGT_STOPPED }))
  const running = starting.move()
  return {
    user,
    signedOut: signedIn.signedOut,
    figures: () => ({ edge: links.current, streams: links.streams }),
    why(target) {
      if (!matcher) return { action: 'direct', because: 'No edge has said yet what is forwarded.' }
      const { action, because } = decide(target, matcher, expectations)
      return { action, because }
    },
    drain: signal => links.drain(signal),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

const isLoopback = (host: string) => /^127\.|^::1$|^localhost$/i.test(host)

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** The first application that is forwarded and can be dialled as it is written. */
function exampleOf(definitions: readonly Definition[]): Target | undefined {
  for (const { action, applications, ports } of definitions) {
    const host = applications.find(application => !/[*/]/.test(application))
    const port = ports.some(({ from, to }) => from <= 21 && 21 <= to) ? 21 : ports[0]?.from
    if (action === 'forward' && host !== undefined && port !== undefined) return { host, port }
  }
  return undefined
}
