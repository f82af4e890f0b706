import { TLSSocket } from 'node:tls'
import type { DataConnectionInfo, SessionDetail } from '../inspect.ts'
import type { SessionInfo } from '../link.ts'
import type { Session } from './session.ts'

/** One line about a session. */
export function sessionInfo(session: Session, worker: number): SessionInfo {
  const { account, control, transfer } = session
  return {
    session: session.id,
    worker,
    user: account?.user,
    ...(account && { userClass: account.userClass }),
    address: session.ends.client.address,
    listener: session.listener,
    tls: session.secured,
    since: session.since,
    transfer: transfer && {
      command: transfer.command,
      path: transfer.path,
      bytes: transfer.bytes,
      direction: transfer.direction,
      ...(session.dataLog.standing && { mode: session.dataLog.standing.mode }),
      ...(transfer.total !== undefined && { size: transfer.total }),
    },
    idleMs: Date.now() - control.lastInput,
  }
}

/** All that an administrator may see of a session. */
export function sessionDetail(session: Session, worker: number): SessionDetail {
  const { account, control, data, dataLog, state } = session
  const { socket } = control
  return {
    ...sessionInfo(session, worker),
    userClass: account?.userClass,
    userClassBecause: account?.userClassBecause,
    home: account?.mounts.find(({ path }) => path === '/')?.folder ?? '',
    folder: state.phase === 'ready' ? state.files.cwd : '/',
    tlsProtocol: socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined,
    client: session.client.name ?? '',
    agreed: data.told,
    dialogue: control.dialogue.lines,
    dataConnections: [
      ...openConnections(session),
      ...dataLog.over.map(one => ({ ...one, session: session.id, user: account?.user })),
    ],
  }
}

/** The data connection that stands, if any. */
export function openConnections(session: Session): readonly DataConnectionInfo[] {
  const { account, dataLog, transfer } = session
  return dataLog.open(transfer?.bytes ?? 0).map(one => ({ ...one, session: session.id, user: account?.user }))
}
