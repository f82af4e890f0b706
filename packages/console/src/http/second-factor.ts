import { randomBytes } from 'node:crypto'
import type { AdministratorRow, Store } from '@portolan/store'
import { Secret, TOTP } from 'otpauth'
import { sha256 } from './tokens.ts'

const ISSUER = 'Portolan'
const PERIOD_S = 30
/** Steps before and after the present one that are taken: clocks differ (RFC 6238 section 5.2). */
const WINDOW = 1
/** How many recovery codes there are. */
const RECOVERY_CODES = 10
/** RFC 4648 base32, in which nothing looks like something else. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Whether a second factor is in force. A secret of which no step was ever taken is one that was shown and not confirmed yet. */
export function hasSecondFactor(row: Pick<AdministratorRow, 'totpSecret' | 'totpStep'>): boolean {
  return row.totpSecret !== undefined && row.totpStep !== undefined
}

/** A new secret of 160 bits, as RFC 4226 section 4 recommends, and the URI for the picture that an app photographs. */
export function newTotpSecret(name: string): { readonly secret: string; readonly uri: string } {
  const secret = new Secret({ size: 20 })
  const totp = new TOTP({ issuer: ISSUER, label: name, secret, digits: 6, period: PERIOD_S })
  return { secret: secret.base32, uri: totp.toString() }
}

/** Takes a code of the app, once: the same, or an older one, is not taken again on any node. */
export async function takeTotpCode(
  people: Pick<Store['administrators'], 'takeTotpStep'>,
  row: Pick<AdministratorRow, 'name' | 'totpSecret'>,
  code: string,
  now: number,
): Promise<boolean> {
  const token = code.replaceAll(' ', '')
  if (row.totpSecret === undefined || !/^\d{6}$/.test(token)) return false
  const secret = Secret.fromBase32(row.totpSecret)
  const delta = TOTP.validate({ token, secret, digits: 6, period: PERIOD_S, timestamp: now, window: WINDOW })
  if (delta === null) return false
  return people.takeTotpStep(row.name, Math.floor(now / 1_000 / PERIOD_S) + delta)
}

/** Takes a code of the app, or else a recovery code. */
export async function takeSecondFactor(
  administrators: Store['administrators'],
  row: Pick<AdministratorRow, 'name' | 'totpSecret'>,
  code: string,
  now: number,
): Promise<'totp' | 'recovery-code' | undefined> {
  if (await takeTotpCode(administrators, row, code, now)) return 'totp'
  const text = code.toUpperCase().replaceAll(/[\s-]/g, '')
  if (!/^[A-Z2-7]{16}$/.test(text)) return undefined
  return (await administrators.takeRecoveryCode(row.name, sha256(text))) ? 'recovery-code' : undefined
}

/** Codes for the day on which the app is lost: 80 random bits each, so that a plain hash keeps them. */
export function newRecoveryCodes(): {
  readonly shown: readonly string[]
  readonly hashes: readonly string[]
} {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    Array.from(randomBytes(16), byte => BASE32[byte % 32]).join(''),
  )
  return {
    shown: codes.map(code => code.replaceAll(/(.{4})(?!$)/g, '$1-')),
    hashes: codes.map(code => sha256(code)),
  }
}
