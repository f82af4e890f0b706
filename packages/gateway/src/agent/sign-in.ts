import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import type { AgentOptions } from '../parts.ts'
import { fingerprintOf } from '../pki/fingerprint.ts'
import { writeIdentity } from '../pki/identity-file.ts'
import { decodeInvitation } from '../pki/invitation.ts'
import type { Identity, Invitation } from '../pki/types.ts'
import { type EnrolOptions, enrol } from '../transport/enrol.ts'
import { identityOfKind } from '../transport/ensure-identity.ts'

/** After so many refusals nobody is asked again: the next would lock the user out. */
const MOST_REFUSALS = 3
/** A sign-in that ends within this time, in milliseconds, is made anew at the start. */
const WORTH_KEEPING_MS = 60_000
/** Beside the identity: whom it is for, so that another user of the same folder signs in. */
const FILE = 'agent.json'

const kept = z.object({ user: z.string(), device: z.string(), labels: z.array(z.string()) })
type Whom = z.output<typeof kept>

export type SignInOptions = Pick<
  AgentOptions,
  'folder' | 'invitation' | 'version' | 'user' | 'device' | 'labels' | 'credentials'
> & {
  readonly now: () => number
} & Pick<EnrolOptions, 'dial'>

/**
 * The sign-in that the folder keeps, when it is of this user and device and does not end soon.
 * @throws {GatewayError} `GATEWAY_IDENTITY`, `GATEWAY_INVITATION`
 */
export async function keptSignIn(options: SignInOptions): Promise<Identity | undefined> {
  const { folder, user, device, labels, invitation, now } = options
  const identity = await identityOfKind(folder, 'agent')
  if (!identity || identity.expiresAt - now() < WORTH_KEEPING_MS) return undefined
  const whom = await readWhom(folder)
  if (whom?.user !== user || whom.device !== device || whom.labels.join('\n') !== labels.join('\n'))
    return undefined
  const authority = fingerprintOf(identity.authority)
  if (invitation !== undefined && decodeAgentInvitation(invitation).authority !== authority) return undefined
  return identity
}

/**
 * Signs in and keeps the certificate in the folder. Asks for credentials until they are good, the second factor when it is
 * needed; three refusals, or nobody who answers, end it.
 * @param why - said to whoever is asked
 * @param before - the sign-in that has ended: where its edges are, when there is no invitation
 * @throws {GatewayError} `GATEWAY_SIGN_IN_REFUSED`, `GATEWAY_CODE_NEEDED`, `GATEWAY_UNREACHABLE`, `GATEWAY_INVITATION`, `GATEWAY_PEER`
 */
export async function signIn(
  options: SignInOptions,
  why: string,
  signal: AbortSignal,
  before?: Identity,
): Promise<Identity> {
  const { folder, user, device, labels, version, credentials, now } = options
  const to = whereTo(options.invitation, before)
  let ask = { codeNeeded: false, text: why }
  for (let refusals = 0; ; ) {
    const given = await credentials({ ...ask, refusals })
    if (!given) {
      const code = ask.codeNeeded ? 'GATEWAY_CODE_NEEDED' : 'GATEWAY_SIGN_IN_REFUSED'
      throw new GatewayError(code, `${user} is not signed in: ${ask.text}`)
    }
    try {
      const identity = await enrol({
        ...to,
        ...(options.dial && { dial: options.dial }),
        request: { type: 'sign-in', user, ...given, device, labels: [...labels], version },
        ...{ signal, now },
      })
      await writeIdentity(folder, identity)
      await writeWhom(folder, { user, device, labels: [...labels] })
      return identity
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      const codeNeeded = error.code === 'GATEWAY_CODE_NEEDED'
      if (!codeNeeded && error.code !== 'GATEWAY_SIGN_IN_REFUSED') throw error
      // To be asked for the code is no refusal, unless it was given.
      if (!codeNeeded || ask.codeNeeded) refusals += 1
      if (refusals >= MOST_REFUSALS) throw error
      ask = { codeNeeded, text: error.message }
    }
  }
}

function whereTo(
  text: string | undefined,
  before: Identity | undefined,
): Pick<EnrolOptions, 'invitation' | 'addresses'> {
  const invitation = text === undefined ? undefined : decodeAgentInvitation(text)
  const addresses = [...new Set([...(before?.addresses ?? []), ...(invitation?.addresses ?? [])])]
  const authority = invitation?.authority ?? (before && fingerprintOf(before.authority))
  if (authority !== undefined) return { invitation: { authority }, addresses }
  throw new GatewayError(
    'GATEWAY_INVITATION',
    'An invitation for agents is needed once. An administrator has it in the console, or from "portolan access invite".',
  )
}

function decodeAgentInvitation(text: string): Invitation {
  const invitation = decodeInvitation(text)
  if (invitation.kind === 'agent') return invitation
  const wrong = `The invitation is for kind ${invitation.kind}, not for agents.`
  throw new GatewayError('GATEWAY_INVITATION', wrong)
}

async function readWhom(folder: string): Promise<Whom | undefined> {
  try {
    return kept.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')))
  } catch {
    // Without it the user signs in.
    return undefined
  }
}

async function writeWhom(folder: string, whom: Whom): Promise<void> {
  await writeFile(join(folder, FILE), `${JSON.stringify(whom, undefined, 2)}\n`, { mode: 0o600 })
}
