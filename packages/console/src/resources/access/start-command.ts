import type { MemberKind } from '@portolan/gateway/model'

/**
 * The command that a new member is started with.
 * @param options.user - of an agent; absent: `NAME`, to be filled in
 * @param options.address - of an edge: where agents and connectors are to dial it
 */
export function startCommand(
  kind: MemberKind,
  invitation: string,
  { user = 'NAME', address }: { readonly user?: string; readonly address?: string } = {},
): string {
  const more = kind === 'agent' ? ` --user ${user}` : address === undefined ? '' : ` --address ${address}`
  return `portolan ${kind} --key ${invitation}${more}`
}
