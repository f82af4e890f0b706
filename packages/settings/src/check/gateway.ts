import type { CheckOptions, Findings } from '../check.ts'
import type { Problem } from '../errors.ts'
import type { Settings } from '../schema.ts'

/** Whether a gateway can be there, and is where it says. */
export function checkGateway({ gateway }: Settings, { withStore = false }: CheckOptions): Findings {
  const errors: Problem[] = []
  const warnings: Problem[] = []
  for (const [index, address] of gateway.publicAddresses.entries()) {
    const port = Number(address.slice(address.lastIndexOf(':') + 1))
    if (port >= 1 && port <= 65_535) continue
    const message = `has the port ${port}: it must be from 1 to 65535`
    errors.push({ path: `gateway.publicAddresses[${index}]`, message })
  }
  if (gateway.enabled && !withStore) {
    const message =
      'has no effect, because segments, policies and keys are kept in a store: start with --data'
    warnings.push({ path: 'gateway.enabled', message })
  }
  return { errors, warnings }
}
