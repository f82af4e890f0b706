import { randomBytes } from 'node:crypto'

const BETWEEN = '#'

/**
 * The name of an engine in leases: that of its node, and what tells two of one name apart. Two nodes of one machine, or one
 * and its successor, must not take each other's leases for their own.
 */
export function engineName(node: string): string {
  return `${node}${BETWEEN}${randomBytes(4).toString('hex')}`
}

/** The node of an engine, as people know it. */
export function nodeOfEngine(name: string): string {
  return name.split(BETWEEN, 1)[0] ?? name
}
