import { StoreError } from '@portolan/store'
import type { EnrolReply } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'

export type Refusal = Extract<EnrolReply, { type: 'refused' }>

export const refusal = (code: Refusal['code'], text: string): Refusal => ({ type: 'refused', code, text })

const CODES: ReadonlySet<string> = new Set<Refusal['code']>([
  'GATEWAY_ENROL_REFUSED',
  'GATEWAY_SIGN_IN_REFUSED',
  'GATEWAY_CODE_NEEDED',
  'GATEWAY_UNREACHABLE',
])
const isRefusalCode = (code: string): code is Refusal['code'] => CODES.has(code)

/** A failure as who asked is told of it: refusals in their own words, the rest without what is inside. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof GatewayError && isRefusalCode(error.code)) return refusal(error.code, error.message)
  const away = error instanceof StoreError && error.code === 'STORE_UNAVAILABLE'
  return refusal(
    'GATEWAY_UNREACHABLE',
    away
      ? 'The controller does not reach its database at the moment; try again later.'
      : 'The controller could not do it; its log says why. Try again later.',
  )
}
