import type { MemberKind } from '@portolan/gateway/model'

/** The command that a new member is started with. */
export function startCommand(kind: MemberKind, invitation: string): string {
  return kind === 'agent'
    ? `portolan agent --user NAME --invitation ${invitation}`
    : `portolan ${kind} --invitation ${invitation}`
}
