import type {
  AddressRules,
  PassivePorts,
  PortRange,
  SessionTlsOptions,
  TlsSide,
  TrustedNetworks,
} from '@portolan/channels'
import type { Reply } from '@portolan/protocol'
import type { ListenerSettings } from '@portolan/settings'
import type { UserHints, WorkerConfig } from '../link.ts'
import type { ReplyTexts } from '../replies.ts'

/** The settings of a worker, compiled once for all its sessions. Replaced whole by a reload. */
export interface WorkerContext {
  readonly settings: WorkerConfig['settings']
  readonly texts: ReplyTexts
  readonly users: UserHints
  /** Absent when passive mode is off. */
  readonly passivePorts: PassivePorts | undefined
  readonly addressRules: AddressRules
  /** Absent: the system chooses the source port of active connections. */
  readonly activeRange: PortRange | undefined
  readonly activeForeign: TrustedNetworks
  /** What a session's TLS is made from; absent when no certificate is there. */
  readonly tlsOptions: SessionTlsOptions | undefined
  /** With `sessionReuse: off`: what data connections are made from, in place of the session's own, so that nothing can be resumed. */
  readonly unboundTls: TlsSide | undefined
  /** True when a `command` event is wanted for every command. */
  readonly reportCommands: boolean
  /** Undefined for a listener that a reload took away. */
  listener(name: string): ListenerSettings | undefined
  /** Whether the address is one of a load balancer that sends a PROXY header to this listener. */
  isProxy(listener: string, address: string): boolean
  greeting(): Reply
  forbids(userClass: string, verb: string): boolean
}
