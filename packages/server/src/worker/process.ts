import type { Socket } from 'node:net'
import { type Channel, connect } from '../ipc.ts'
import type { ControllerLink } from '../link.ts'
import { Worker } from './worker.ts'

/** The worker process: a {@link Worker} whose controller is at the other end of the pipe to the parent. */
const channel: Channel = {
  send(message) {
    // A controller that is gone cannot be told anything; "disconnect" ends this process.
    if (process.connected) process.send?.(message, () => {})
  },
  onMessage(listener) {
    process.on('message', (message, handle) => listener(message, handle as Socket | undefined))
  },
  onClosed(listener) {
    process.on('disconnect', listener)
  },
}

const target: { worker?: Worker } = {}
const link = connect<ControllerLink>(channel, {
  prepare: (...args: Parameters<Worker['prepare']>) => target.worker?.prepare(...args),
  configure: (...args: Parameters<Worker['configure']>) => target.worker?.configure(...args),
  discard: () => target.worker?.discard(),
  claimPorts: () => target.worker?.claimPorts(),
  adopt: (...args: Parameters<Worker['adopt']>) => target.worker?.adopt(...args),
  drain: (...args: Parameters<Worker['drain']>) => target.worker?.drain(...args),
  kick: (...args: Parameters<Worker['kick']>) => target.worker?.kick(...args),
  sessions: () => target.worker?.sessions(),
  session: (...args: Parameters<Worker['session']>) => target.worker?.session(...args),
  dataConnections: () => target.worker?.dataConnections(),
  ports: () => target.worker?.ports(),
  figures: () => target.worker?.figures(),
})
target.worker = new Worker(link)

// Signals reach the whole process group: the controller decides when workers end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('SIGHUP', () => {})
process.on('disconnect', () => process.exit(0))
