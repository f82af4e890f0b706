import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import type { DataConnection } from './data-connection.ts'
import { openPassivePorts, type PassivePorts, type PassivePortsOptions } from './passive-ports.ts'
import type { PassiveReservation } from './passive-reservation.ts'
import { freeRange } from './testing.ts'

/** Passive ports on loopback. */
export async function portsOf(
  numberOfPorts: number,
  options: Partial<PassivePortsOptions> = {},
): Promise<PassivePorts> {
  const range = options.range ?? (await freeRange(numberOfPorts))
  return openPassivePorts({ hosts: ['127.0.0.1'], sharing: 'by-client', ...options, range })
}

/** Never fires. */
export const { signal } = new AbortController()

/** Dials a passive port from this loopback address. */
export function dial(port: number, from = '127.0.0.1', host = '127.0.0.1'): Socket {
  const socket = connect({ port, host, localAddress: from, allowHalfOpen: true })
  socket.on('error', () => {})
  leftOpen(() => socket.destroy())
  return socket
}

/** What a test leaves open. */
const leftovers: AsyncDisposable[] = []

/** Ends something after the test, however that goes. */
export function leftOpen(end: () => unknown): void {
  leftovers.push({ [Symbol.asyncDispose]: async () => void end() })
}

/** Closes what a test has left open. To be called after each. */
export async function cleanUp(): Promise<void> {
  for (const one of leftovers.splice(0)) await one[Symbol.asyncDispose]()
}

/** Waits for the client of a reservation. */
export async function open(reservation: PassiveReservation): Promise<DataConnection> {
  const data = await reservation.open(signal)
  leftovers.push(data)
  return data
}

/** Until the socket is closed, by FIN or by RST. */
export function gone(socket: Socket): Promise<void> {
  socket.once('end', () => socket.end()).resume()
  return new Promise(resolve => socket.once('close', () => resolve()))
}

/** The key of a client. */
export const ofClient = (address: string) => ({ address })

/** The figures that are numbers. */
export function counts(ports: PassivePorts) {
  const { listening, reserved, waiting, refused, strangers, connected } = ports.figures()
  return { listening, reserved, waiting, refused, strangers, connected }
}

/** Figures when nothing happens. */
export const QUIET = { reserved: 0, waiting: 0, refused: 0, strangers: 0, connected: 0 }

/** Waits for something that no event tells. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!condition()) {
    assert.ok(performance.now() < deadline, 'it did not come to pass')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}
