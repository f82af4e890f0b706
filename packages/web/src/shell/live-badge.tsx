import { Tooltip } from '@mantine/core'
import { useLive, useLiveState } from '../live/use-live.ts'
import classes from './live-badge.module.css'
import { useCan } from './me.ts'

const WORDS = {
  off: ['off', 'Nothing is followed live on this page.'],
  connecting: ['connecting', 'The stream of live figures is being opened.'],
  live: ['live', 'Live figures come in.'],
  lost: ['lost', 'The connection to the node is lost. It is tried again by itself.'],
  resting: ['resting', 'Nobody looked at this page for a minute, so that live figures rest.'],
} as const

/** Whether the node is there: the state of the stream of live figures. */
export function LiveBadge() {
  const can = useCan('sessions:read')
  useLive(can ? ['sample'] : [], {})
  const state = useLiveState()
  if (!can) return null
  const [word, text] = WORDS[state]
  return (
    <Tooltip label={text}>
      <span className={classes.badge} data-state={state} role="status">
        <span className={classes.dot} aria-hidden />
        {word}
      </span>
    </Tooltip>
  )
}
