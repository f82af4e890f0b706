/** The ports that a partner dials in active mode, out of the settings in force; undefined: any high port that is free. */
export function activePortsOf(
  effective: Readonly<Record<string, unknown>> | undefined,
): { readonly base: number; readonly end: number } | undefined {
  const active = effective?.active
  if (typeof active !== 'object' || active === null) return undefined
  const base = 'basePort' in active ? active.basePort : undefined
  const count = 'numberOfPorts' in active ? active.numberOfPorts : undefined
  if (typeof base !== 'number' || typeof count !== 'number' || count < 1) return undefined
  return { base, end: base + count - 1 }
}
