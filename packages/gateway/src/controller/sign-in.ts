import { type MemberRow, StoreError } from '@portolan/store'
import type { EnrolReply, EnrolRequest } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import type { Issued } from '../pki/authority.ts'
import { type CheckedCsr, checkCsr } from '../pki/csr.ts'
import { enrolled, type IssuerParts, newMemberId } from './enrolment.ts'
import { asJson, documentOf } from './member-document.ts'
import { refusalOf } from './refusal.ts'
import type { People } from './types.ts'

/** Devices from which one user may be signed in at once. */
const MAX_DEVICES = 20

export interface SignInParts extends IssuerParts {
  readonly people: People
}

type Ask = Extract<EnrolRequest, { type: 'sign-in' }>

/** Signs people in: a certificate for an agent, good as long as the sign-in is. */
export class SignIns {
  readonly #parts: SignInParts
  /** Sign-ins of one user come one after the other, so that they count their devices. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /** Never rejects. @param from - the address of the agent, as the edge sees it */
  async signIn(ask: Ask, from: string): Promise<EnrolReply> {
    const { people, onEvent } = this.#parts
    const { user, password, code, token } = ask
    try {
      const csr = await checkCsr(ask.csr)
      if (this.#parts.directory.hasKey(csr.fingerprint))
        throw refused('The certificate request was used before: make a new one.')
      await people.signIn({
        user,
        ...(password !== undefined && { password }),
        ...(code !== undefined && { code }),
        ...(token !== undefined && { token }),
        address: from,
      })
      if (!(await people.identify(user))) throw refused('There is no such user, or the user may not sign in.')
      const { row, issued } = await this.#inTurn(user, () => keepDevice(this.#parts, ask, csr, from))
      this.#parts.directory.put(row)
      const until = new Date(issued.expiresAt).toISOString()
      const text = `${user} has signed in at the device ${row.name}, until ${until}.`
      onEvent({ type: 'signed-in', who: user, address: from, text })
      return enrolled(this.#parts, row, issued)
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error)
      const text = `${JSON.stringify(user.slice(0, 128))} was not signed in: ${because}`
      onEvent({ type: 'sign-in-refused', who: user.slice(0, 128), address: from, text })
      return refusalOf(error)
    }
  }

  async #inTurn<T>(user: string, act: () => Promise<T>): Promise<T> {
    const mine = (this.#turns.get(user) ?? Promise.resolve()).then(act, act)
    this.#turns.set(user, mine)
    try {
      return await mine
    } finally {
      if (this.#turns.get(user) === mine) this.#turns.delete(user)
    }
  }
}

const refused = (text: string) => new GatewayError('GATEWAY_SIGN_IN_REFUSED', text)

async function keepDevice(
  parts: SignInParts,
  ask: Ask,
  csr: CheckedCsr,
  from: string,
): Promise<{ row: MemberRow; issued: Issued }> {
  const { store, authority, settings, now } = parts
  const name = deviceName(ask.device)
  const { same, others } = await devicesOf(parts, ask.user, name)
  if (same && !same.enabled) throw refused(`The device ${name} is disabled: ask an administrator.`)
  if (others >= MAX_DEVICES)
    throw refused(
      `${ask.user} is signed in from ${MAX_DEVICES} other devices, as many as may be: wait until a sign-in has expired, or have one revoked.`,
    )
  const id = same?.id ?? newMemberId()
  const issued = await authority.issue({
    csr,
    identity: { kind: 'agent', id },
    lifetimeMs: settings().signInLifetime,
    now: now(),
  })
  const document = asJson({
    ...documentOf(same ?? { document: {} }),
    enrolledFrom: from,
    version: ask.version,
    labels: [...ask.labels],
    publicKey: csr.fingerprint,
    certificate: issued.certificate,
  })
  const certificate = { serial: issued.serial, expiresAt: issued.expiresAt, document }
  try {
    const row = same
      ? await store.access.members.change(id, certificate)
      : await store.access.members.create({
          id,
          kind: 'agent',
          name,
          user: ask.user,
          enabled: true,
          ...certificate,
        })
    return { row, issued }
  } catch (error) {
    // Another node was faster with the same device.
    if (error instanceof StoreError && error.code === 'STORE_EXISTS')
      throw refused(`The device ${name} was signed in elsewhere at the same moment: sign in again.`)
    throw error
  }
}

async function devicesOf(
  { store: { access }, now }: SignInParts,
  user: string,
  device: string,
): Promise<{ same: MemberRow | undefined; others: number }> {
  let same: MemberRow | undefined
  let others = 0
  // Those whose sign-in ends last come first: what has expired is not counted, and pages of it need not be read.
  for (let offset = 0; ; offset += 500) {
    const { items } = await access.members.list({
      kind: 'agent',
      user,
      sort: 'expiresAt',
      descending: true,
      offset,
      limit: 500,
    })
    for (const row of items) {
      if (row.revokedAt !== undefined) continue
      if (row.name === device) same = row
      else if (row.enabled && row.expiresAt > now()) others++
    }
    if (same || items.length < 500) return { same, others }
  }
}

/** Devices are called as machines are: what no name of a member has is left out. */
function deviceName(text: string): string {
  const name = text
    .trim()
    .replace(/[^A-Za-z0-9_. -]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
  return name === '' ? 'device' : name
}
