const LOWEST_PORT = 1024
const HIGHEST_PORT = 65_535

/** The last port of a range; undefined while the two numbers make none. */
export function portEnd(basePort: unknown, numberOfPorts: unknown): number | undefined {
  if (!isWhole(basePort) || !isWhole(numberOfPorts)) return undefined
  if (basePort < LOWEST_PORT || numberOfPorts < 1) return undefined
  const end = basePort + numberOfPorts - 1
  return end <= HIGHEST_PORT ? end : undefined
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)
