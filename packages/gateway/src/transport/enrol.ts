import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { type EnrolReply, type EnrolRequest, enrolReply } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import { fingerprintOf } from '../pki/fingerprint.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { Identity, Invitation } from '../pki/types.ts'
import { lineOf, readLine } from './one-line.ts'
import { type DialTcp, openTls } from './open-tls.ts'
import { verifyPinned } from './verify-peer.ts'

/** How long an answer may take, in milliseconds: passwords are slow to check, and an edge has to ask its controller. */
const ANSWER_MS = 30_000

/** What is asked for, without what {@link enrol} adds: the certificate request, and the key of the invitation. */
export type EnrolAsk =
  | Omit<Extract<EnrolRequest, { type: 'enrol' }>, 'csr' | 'key' | 'secret'>
  | Omit<Extract<EnrolRequest, { type: 'sign-in' }>, 'csr'>

export interface EnrolOptions {
  readonly invitation: Pick<Invitation, 'authority' | 'key' | 'secret'>
  /** Tried in order. Default: those of the invitation. */
  readonly addresses: readonly string[]
  readonly request: EnrolAsk
  readonly signal: AbortSignal
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** Default: as Node does. */
  readonly dial?: DialTcp
}

/**
 * Makes a key, asks for a certificate to it, and answers the new identity. Nothing is said to anybody whose certificate is not from the
 * authority that the invitation pins, and of a controller or an edge.
 * The next address is tried only when nothing was said at the one before, or when it said that it reaches no controller: a key is good
 * for so many uses, and a lost reply may have taken one.
 * @throws {GatewayError} `GATEWAY_ENROL_REFUSED`, `GATEWAY_SIGN_IN_REFUSED`, `GATEWAY_CODE_NEEDED`, `GATEWAY_UNREACHABLE`, `GATEWAY_PEER`,
 * `GATEWAY_PROTOCOL`, `GATEWAY_INVITATION`
 */
export async function enrol(options: EnrolOptions): Promise<Identity> {
  const { invitation, addresses, request, signal, now = Date.now } = options
  const { key, csr } = await newKeyAndCsr()
  const whole = wholeRequest(request, invitation, csr)
  let last = new GatewayError('GATEWAY_INVITATION', 'The invitation names no address to go to.')
  for (const address of addresses) {
    try {
      await using connection = await openPinned(address, invitation.authority, options, now())
      const reply = await ask(connection.socket, whole, signal)
      if (reply.type === 'enrolled')
        return identityFrom(reply, key, invitation.authority, whole, now(), addresses)
      throw new Refused(reply.code, reply.text)
    } catch (error) {
      if (!(error instanceof GatewayError) || !mayGoOn(error) || signal.aborted) throw plain(error)
      last = error
    }
  }
  throw plain(last)
}

/** A refusal that the controller spoke, unlike a failure on the way to it. */
class Refused extends GatewayError {}
/** What was asked may have been done. */
class Unanswered extends GatewayError {}

const mayGoOn = (error: GatewayError) =>
  !(error instanceof Unanswered) && (!(error instanceof Refused) || error.code === 'GATEWAY_UNREACHABLE')

const plain = (error: unknown) =>
  error instanceof Refused || error instanceof Unanswered
    ? new GatewayError(error.code, error.message, { cause: error.cause })
    : error

function wholeRequest(
  request: EnrolAsk,
  { key, secret }: EnrolOptions['invitation'],
  csr: string,
): EnrolRequest {
  if (request.type === 'sign-in') return { ...request, csr }
  if (key === undefined || secret === undefined) {
    const text = `The invitation is for agents; ${request.kind === 'edge' ? 'an edge' : 'a connector'} needs one with a provisioning key.`
    throw new GatewayError('GATEWAY_INVITATION', text)
  }
  return { ...request, key, secret, csr }
}

async function openPinned(
  address: string,
  pin: string,
  { signal, dial }: Pick<EnrolOptions, 'signal' | 'dial'>,
  now: number,
): Promise<AsyncDisposable & { socket: TLSSocket }> {
  const socket = await openTls({ address, protocol: 'enrol', signal, ...(dial && { dial }) })
  const refuse = (text: string) => {
    socket.on('error', () => {}).destroy()
    return new GatewayError('GATEWAY_PEER', `${address} was not trusted, and nothing was said to it. ${text}`)
  }
  const leaf = socket.getPeerX509Certificate()
  const authority = leaf?.issuerCertificate
  if (leaf === undefined || authority === undefined || fingerprintOf(authority) !== pin)
    throw refuse(
      'It is not of the authority that the invitation names: the invitation is of another access path, or somebody is in between.',
    )
  const verified = verifyPinned(leaf, authority, now)
  if (!verified.peer) throw refuse(verified.text)
  if (verified.peer.kind !== 'controller' && verified.peer.kind !== 'edge')
    throw refuse(`Its certificate is of kind ${verified.peer.kind}, which enrols nobody.`)
  return {
    socket,
    async [Symbol.asyncDispose]() {
      socket.on('error', () => {}).destroy()
    },
  }
}

async function ask(socket: TLSSocket, request: EnrolRequest, signal: AbortSignal): Promise<EnrolReply> {
  socket.on('error', () => socket.destroy())
  socket.write(lineOf(request))
  let said: unknown
  try {
    said = await readLine(socket, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]))
  } catch (cause) {
    const code = cause instanceof GatewayError ? cause.code : 'GATEWAY_UNREACHABLE'
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new Unanswered(
      code,
      `What was asked was not answered: ${text} It may have been done all the same.`,
      { cause },
    )
  }
  const reply = enrolReply.safeParse(said)
  if (!reply.success)
    throw new Unanswered('GATEWAY_PROTOCOL', 'What was answered is no reply of this release.')
  return reply.data
}

function identityFrom(
  reply: Extract<EnrolReply, { type: 'enrolled' }>,
  key: string,
  pin: string,
  request: EnrolRequest,
  now: number,
  addresses: readonly string[],
): Identity {
  const kind = request.type === 'sign-in' ? 'agent' : request.kind
  return checkIdentity(reply, { key, pin, kind, now, addresses })
}

/**
 * Makes an identity of a reply, once all of it fits together: the authority is the pinned one, it signed the certificate, which is for
 * this key and names what the reply says.
 * @throws {GatewayError} `GATEWAY_PEER`
 */
export function checkIdentity(
  reply: Extract<EnrolReply, { type: 'enrolled' }>,
  {
    key,
    pin,
    kind,
    now,
    addresses,
  }: { key: string; pin: string; kind: Identity['kind']; now: number; addresses: readonly string[] },
): Identity {
  const wrong = (text: string) =>
    new GatewayError('GATEWAY_PEER', `The certificate that was answered cannot be used: ${text}`)
  const [certificate, authority] = [read(reply.certificate), read(reply.authority)]
  if (!certificate || !authority) throw wrong('it is none.')
  if (fingerprintOf(authority) !== pin) throw wrong('it is from another authority.')
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw wrong('it is for another key.')
  const verified = verifyPinned(certificate, authority, now)
  if (!verified.peer) throw wrong(verified.text)
  if (verified.peer.kind !== kind || reply.kind !== kind || verified.peer.id !== reply.id)
    throw wrong('it names another member.')
  return {
    id: reply.id,
    kind,
    key,
    certificate: reply.certificate,
    authority: reply.authority,
    addresses: reply.addresses.length > 0 ? reply.addresses : addresses,
    expiresAt: verified.peer.expiresAt,
  }
}

function read(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}
