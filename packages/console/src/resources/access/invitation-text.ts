import type { Controller } from '@portolan/gateway'
import { Problem } from '../../http/problem.ts'

/** The text of an invitation of this node. @throws {Problem} 409 `GATEWAY_NO_EDGE` for who has to dial an edge while there is none */
export async function invitationText(
  controller: Pick<Controller, 'invitation'>,
  ask: Parameters<Controller['invitation']>[0],
): Promise<string> {
  const { encodeInvitation, GatewayError } = await import('@portolan/gateway')
  try {
    return encodeInvitation(await controller.invitation(ask))
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'GATEWAY_MISSING') throw error
    throw new Problem(409, 'GATEWAY_NO_EDGE', error.message, undefined, { cause: error })
  }
}
