import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import { memberKind } from '../model/index.ts'
import type { Invitation } from './types.ts'

const PREFIX = 'ptl1.'
/** Characters; one with sixteen addresses has 2,000. */
const MAX_LENGTH = 16_384

const invitation = z.object({
  kind: memberKind,
  addresses: z.array(z.string().min(1).max(300)).min(1).max(64),
  authority: z.string().regex(/^[0-9a-f]{64}$/),
  key: z.string().min(1).max(64).optional(),
  secret: z.string().min(1).max(1_024).optional(),
})

/** The text that a new member is started with. */
export function encodeInvitation({ kind, addresses, authority, key, secret }: Invitation): string {
  const json = JSON.stringify({ kind, addresses, authority, key, secret })
  return PREFIX + Buffer.from(json).toString('base64url')
}

/** @throws {GatewayError} `GATEWAY_INVITATION`, in words: cut off, of another version, or not one at all */
export function decodeInvitation(given: string): Invitation {
  // Terminals and mails break long lines.
  const text = given.replace(/\s+/g, '')
  if (text.length > MAX_LENGTH) throw wrong(`it is longer than ${MAX_LENGTH} characters`)
  const version = /^ptl(\d+)\./.exec(text)?.[1]
  if (version !== undefined && version !== '1')
    throw wrong(
      `it is of version ${version}, and this release reads version 1: install the release that made it`,
    )
  if (!text.startsWith(PREFIX)) throw wrong('an invitation begins with ptl1. and this text does not')
  const body = text.slice(PREFIX.length)
  if (!/^[A-Za-z0-9_-]+$/.test(body)) throw wrong(`after ${PREFIX} it has characters that no invitation has`)
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
  } catch (cause) {
    throw wrong('it is cut off or was changed: copy the whole text', cause)
  }
  const checked = invitation.safeParse(value)
  if (!checked.success) {
    const path = checked.error.issues[0]?.path.join('.') ?? ''
    throw wrong(`what is in it is not an invitation${path === '' ? '' : ` (${path})`}`)
  }
  const { key, secret, ...rest } = checked.data
  return { ...rest, ...(key !== undefined && { key }), ...(secret !== undefined && { secret }) }
}

const wrong = (why: string, cause?: unknown) =>
  new GatewayError('GATEWAY_INVITATION', `The invitation cannot be used: ${why}.`, { cause })
