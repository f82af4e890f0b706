import type { Settings } from '@portolan/settings'

/** The active ports of the FTP Settings, which outgoing transfers in active mode use alone; undefined: not set. */
export function activePortsOf({
  active,
}: Pick<Settings, 'active'>): { readonly basePort: number; readonly numberOfPorts: number } | undefined {
  const { basePort, numberOfPorts } = active
  return basePort === undefined ? undefined : { basePort, numberOfPorts }
}
