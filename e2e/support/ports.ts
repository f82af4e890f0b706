import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'

/** Below are the ports that programs of the system like; the ephemeral range starts above. */
const LOWEST = 12_000
/** Where Linux starts its ephemeral range unless it was told otherwise. */
const USUAL_EPHEMERAL = 32_768
const ATTEMPTS = 50

/** As `--passive-ports` takes it. */
export interface FreePorts {
  readonly basePort: number
  readonly numberOfPorts: number
}

/**
 * Finds ports that are free on IPv4 and IPv6 and that the kernel does not give to outgoing connections, so that none of
 * the many connections of a test takes one of them before the server does.
 */
export async function freePorts(numberOfPorts: number): Promise<FreePorts> {
  const highest = (await ephemeralStart()) - numberOfPorts
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const basePort = LOWEST + Math.floor(Math.random() * (highest - LOWEST))
    if (await areFree(basePort, numberOfPorts)) return { basePort, numberOfPorts }
  }
  throw new Error(`no ${numberOfPorts} free ports in a row between ${LOWEST} and ${highest}`)
}

async function ephemeralStart(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '')
  const start = Number.parseInt(range, 10)
  return start > LOWEST + 1_000 ? start : USUAL_EPHEMERAL
}

async function areFree(basePort: number, count: number): Promise<boolean> {
  const ports = Array.from({ length: count }, (_, index) => basePort + index)
  const held = await Promise.all(ports.map(hold))
  const free = held.filter(server => server !== undefined)
  await Promise.all(free.map(server => new Promise(resolve => server.close(resolve))))
  return free.length === count
}

/** Listens on both families; undefined when somebody else does. */
function hold(port: number): Promise<Server | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, exclusive: true }, () => resolve(server))
  })
}
