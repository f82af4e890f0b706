import type {
  DataConnectionInfo,
  PortsPicture,
  SessionDetail as ServerSessionDetail,
  SessionInfo,
} from '@portolan/server'
import type { DataConnection, PortsView, Session, SessionDetail } from '../../contract/index.ts'

/** A live session, as the API tells of one. */
export function viewOfSession(info: SessionInfo): Session {
  const { session, user, userClass, address, listener, tls, since, idleMs, transfer } = info
  return {
    session,
    ...(user !== undefined && { user }),
    ...(userClass !== undefined && { userClass }),
    address,
    listener,
    tls,
    since: Math.round(since),
    idleMs: Math.max(0, Math.round(idleMs)),
    ...(transfer && { transfer: viewOfRunning(transfer) }),
  }
}

function viewOfRunning(transfer: NonNullable<SessionInfo['transfer']>): NonNullable<Session['transfer']> {
  const { command, path, bytes, direction, mode } = transfer
  return { command, path, bytes, ...(direction && { direction }), ...(mode && { mode }) }
}

/** A session opened up. */
export function viewOfDetail(detail: ServerSessionDetail): SessionDetail {
  const { userClassBecause, folder, tlsProtocol, agreed } = detail
  return {
    ...viewOfSession(detail),
    ...(userClassBecause && { userClassBecause: { ...userClassBecause } }),
    folder,
    ...(tlsProtocol !== undefined && { tlsProtocol }),
    ...(agreed && { agreed: { ...agreed, because: { ...agreed.because } } }),
    dialogue: detail.dialogue.map(line => ({ ...line })),
    dataConnections: detail.dataConnections.map(viewOfDataConnection),
  }
}

/** A data connection. */
export function viewOfDataConnection(info: DataConnectionInfo): DataConnection {
  const { user, tls, because, ended, size, ...rest } = info
  return {
    ...rest,
    ...(user !== undefined && { user }),
    because: { ...because },
    ...(tls && { tls: { ...tls } }),
    ...(ended && { ended: { ...ended } }),
    ...(size !== undefined && { size }),
  }
}

/** The ports of both ranges. */
export function viewOfPorts({ passive, active, waiting }: PortsPicture): PortsView {
  const view = (ports: NonNullable<PortsPicture['active']>['ports']) =>
    ports.map(port => ({ ...port, waitingFor: [...port.waitingFor], sessions: [...port.sessions] }))
  return {
    ...(passive && { passive: { ...passive, ports: view(passive.ports) } }),
    ...(active && { active: { ...active, ports: view(active.ports) } }),
    waiting,
  }
}
