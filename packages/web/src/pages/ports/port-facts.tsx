import { Anchor } from '@mantine/core'
import type { Port } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { STATE_LETTER, STATE_WORD } from './port-map.ts'
import classes from './ports.module.css'

/** What is known of one port. */
export function PortFacts({ port, told }: { port: number; told: Port | undefined }) {
  const state = told?.state ?? 'free'
  return (
    <p className={classes.facts}>
      <span className={classes.cell} data-state={state} aria-hidden="true">
        {STATE_LETTER[state]}
      </span>
      <b>{port}</b> {STATE_WORD[state]}
      {told && told.waitingFor.length > 0 && (
        <span>
          waits for <code>{told.waitingFor.join(', ')}</code>
        </span>
      )}
      {told && told.sessions.length > 0 && (
        <span>
          used by <SessionLinks sessions={told.sessions} />
        </span>
      )}
      {told?.text && <span>{told.text}</span>}
    </p>
  )
}

/** Sessions, each with the way to it. */
export function SessionLinks({ sessions }: { sessions: readonly string[] }) {
  return sessions.map((session, place) => (
    <span key={session}>
      {place > 0 && ', '}
      <Anchor component={Link} inherit to={`/sessions/${encodeURIComponent(session)}`}>
        session {session}
      </Anchor>
    </span>
  ))
}
