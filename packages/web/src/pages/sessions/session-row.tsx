import { ActionIcon, Anchor, Checkbox } from '@mantine/core'
import type { Session } from '@portolan/console/contract'
import { IconDoorExit, IconLock, IconLockOpen } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { bytesText, timeText } from '../../format/format.ts'
import classes from './sessions.module.css'

export interface SessionRowProps {
  readonly session: Session
  /** Texts that follow from the time, so that a row is drawn again only when it reads differently. */
  readonly connected: string
  readonly idle: string
  readonly rate: string
  readonly index: number
  readonly ticked: boolean
  readonly canKick: boolean
  readonly narrow: boolean
  readonly onTick: (session: string, on: boolean) => void
  readonly onKick: (session: string) => void
}

/** A session in the table. */
export const SessionRow = memo(function SessionRow(props: SessionRowProps) {
  const { session, connected, idle, rate, index, ticked, canKick, narrow, onTick, onKick } = props
  const who = session.user ?? 'not logged in'
  const tick = canKick && (
    <Checkbox
      size="xs"
      aria-label={`Tick session ${session.session} of ${who}`}
      checked={ticked}
      onChange={event => onTick(session.session, event.currentTarget.checked)}
    />
  )
  const kick = canKick && (
    <ActionIcon
      size="md"
      className={classes.kickOne}
      aria-label={`Kick session ${session.session} of ${who}`}
      title="Kick"
      onClick={() => onKick(session.session)}
    >
      <IconDoorExit size={16} aria-hidden />
    </ActionIcon>
  )
  const name = (
    <Anchor component={Link} to={`/sessions/${encodeURIComponent(session.session)}`} className={classes.name}>
      {session.user ?? <i>not logged in</i>}
    </Anchor>
  )
  const secure = session.tls ? (
    <IconLock size={14} aria-label="under TLS" className={classes.secure} />
  ) : (
    <IconLockOpen size={14} aria-label="in the clear" className={classes.clear} />
  )
  const { transfer } = session
  if (narrow) {
    return (
      <tr className={classes.card} aria-rowindex={index} data-ticked={ticked || undefined}>
        {canKick && <td>{tick}</td>}
        <td className={classes.main}>
          <div className={classes.line}>
            {name} {secure} <code>{session.address}</code>
          </div>
          <div className={classes.line}>
            {transfer ? (
              <>
                <b>{transfer.command}</b> <code title={transfer.path}>{transfer.path}</code>
              </>
            ) : (
              <span>
                idle {idle} · {connected}
              </span>
            )}
          </div>
          {transfer && (
            <div className={classes.line}>
              {bytesText(transfer.bytes)} {rate !== '' && <>· {rate}</>}
            </div>
          )}
        </td>
        {canKick && <td>{kick}</td>}
      </tr>
    )
  }
  return (
    <tr className={classes.row} aria-rowindex={index} data-ticked={ticked || undefined}>
      {canKick && <td>{tick}</td>}
      <td>{name}</td>
      <td>{session.userClass}</td>
      <td>
        <code>{session.address}</code>
      </td>
      <td>
        <span className={classes.listener}>
          {secure} {session.listener}
        </span>
      </td>
      <td title={timeText(session.since)}>{connected}</td>
      <td className={classes.number}>{idle}</td>
      <td className={classes.transfer} title={transfer?.path}>
        {transfer && (
          <>
            <b>{transfer.command}</b> <code>{transfer.path}</code>
          </>
        )}
      </td>
      <td className={classes.number}>{transfer && bytesText(transfer.bytes)}</td>
      <td className={classes.number}>{rate}</td>
      {canKick && <td>{kick}</td>}
    </tr>
  )
})
