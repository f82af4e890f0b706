import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Below are the ports that programs of the system like; the ephemeral range starts above. */
const LOWEST = 12_000
/** Where Linux starts its ephemeral range unless it was told otherwise. */
const USUAL_EPHEMERAL = 32_768
const ATTEMPTS = 200
/** Ports are claimed by blocks of so many. */
const BLOCK = 32
/** A file for each block that a test process has claimed, with its process id. */
const CLAIMS = join(tmpdir(), 'portolan-test-ports')

/** As `--passive-ports` takes it. */
export interface FreePorts {
  readonly basePort: number
  readonly numberOfPorts: number
}

/**
 * Finds ports that are free on IPv4 and IPv6 and that the kernel does not give to outgoing connections, so that none of
 * the many connections of a test takes one of them before the server does. They stay this process's until it ends: of two
 * tests that look at once, both would find the same ports free.
 */
export async function freePorts(numberOfPorts: number): Promise<FreePorts> {
  const highest = (await ephemeralStart()) - numberOfPorts
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const basePort = LOWEST + Math.floor(Math.random() * (highest - LOWEST))
    if ((await claim(basePort, numberOfPorts)) && (await areFree(basePort, numberOfPorts)))
      return { basePort, numberOfPorts }
  }
  throw new Error(`no ${numberOfPorts} free ports in a row between ${LOWEST} and ${highest}`)
}

async function ephemeralStart(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '')
  const start = Number.parseInt(range, 10)
  return start > LOWEST + 1_000 ? start : USUAL_EPHEMERAL
}

/** This process's blocks, and when each was last given. */
const claimed = new Map<number, number>()
/** A server has taken its ports by then. */
const SETTLED_MS = 30_000

/** Claims the blocks of a range; those that it got are given back when it does not get all. */
async function claim(basePort: number, numberOfPorts: number): Promise<boolean> {
  await mkdir(CLAIMS, { recursive: true })
  const first = Math.floor(basePort / BLOCK)
  const last = Math.floor((basePort + numberOfPorts - 1) / BLOCK)
  const got: number[] = []
  for (let block = first; block <= last; block += 1) {
    const given = claimed.get(block)
    const isMine = given === undefined ? await claimBlock(block) : given < Date.now() - SETTLED_MS
    if (!isMine) {
      await Promise.all(got.map(release))
      return false
    }
    if (given === undefined) got.push(block)
    claimed.set(block, Date.now())
  }
  return true
}

async function release(block: number): Promise<void> {
  claimed.delete(block)
  await rm(pathOf(block), { force: true })
}

async function claimBlock(block: number): Promise<boolean> {
  if (await makeClaim(block)) return true
  const owner = Number(await readFile(pathOf(block), 'utf8').catch(() => ''))
  // A file that was just made and is still empty has an owner, too.
  if (owner === 0 || lives(owner)) return false
  await rm(pathOf(block), { force: true })
  return makeClaim(block)
}

const pathOf = (block: number) => join(CLAIMS, String(block))

const makeClaim = (block: number) =>
  writeFile(pathOf(block), String(process.pid), { flag: 'wx' }).then(
    () => true,
    () => false,
  )

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
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
