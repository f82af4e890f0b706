import { Text } from '@mantine/core'
import { bytesText, durationText, plural, timeText } from '../../../format/format.ts'
import { targetText } from '../streams/stream-words.ts'
import type { Bar, SessionLanes } from './session-lanes.ts'
import classes from './session-picture.module.css'

interface SessionPictureProps {
  readonly lanes: SessionLanes
  readonly startedAt: number
  readonly over: boolean
  readonly chosen: string | undefined
  readonly names: ReadonlyMap<string, string>
  readonly onChoose: (connection: string) => void
}

/** Stretches of time that are told how long they were: those that take so much of the width. */
const LABELLED = 0.085

const percent = (share: number) => `${share * 100}%`

/** The session drawn as lanes over time. All of it stands in the tables below, too: this is for the eye and the mouse. */
export function SessionPicture(props: SessionPictureProps) {
  const { lanes: session, startedAt, over, chosen, names, onChoose } = props
  const { lanes, marks, scale, until, left } = session
  return (
    <figure className={classes.root} aria-hidden>
      <div className={classes.lanes}>
        {lanes.map(lane => (
          <div
            key={lane.key}
            className={classes.lane}
            data-kind={lane.key === 'control' ? 'control' : 'data'}
          >
            {lane.label !== '' && <span className={classes.label}>{lane.label}</span>}
            {lane.bars.map(bar => (
              <button
                key={bar.connection}
                type="button"
                tabIndex={-1}
                className={classes.bar}
                data-tone={bar.tone}
                data-open={(!over && bar.to === 1) || undefined}
                data-chosen={chosen === bar.connection || undefined}
                style={{ left: percent(bar.from), width: percent(bar.to - bar.from) }}
                title={barText(bar, names)}
                onClick={() => onChoose(bar.connection)}
              >
                <span>{bytesOf(bar)}</span>
              </button>
            ))}
            {lane.key === 'control' &&
              marks.map(mark => (
                <span
                  key={mark.key}
                  className={classes.mark}
                  data-tone={mark.tone}
                  style={{ left: percent(mark.at) }}
                  title={mark.text}
                />
              ))}
          </div>
        ))}
      </div>
      <div className={classes.ruler}>
        {scale.stretches
          .filter(stretch => stretch.to - stretch.from > LABELLED)
          .map(stretch => (
            <div
              key={stretch.from}
              style={{ left: percent(stretch.from), width: percent(stretch.to - stretch.from) }}
            >
              <span>{durationText(stretch.ms)}</span>
            </div>
          ))}
      </div>
      <figcaption className={classes.axis}>
        <span>{timeText(startedAt)}</span>
        <span className={classes.hint}>not to scale: long waits are drawn short</span>
        <span>
          {over ? timeText(until) : 'now'}, {durationText(until - startedAt)}
        </span>
      </figcaption>
      {left > 0 && (
        <Text size="sm" c="dimmed">
          {plural(left, 'earlier connection')} not drawn.
        </Text>
      )}
    </figure>
  )
}

function bytesOf({ stream }: Bar): string {
  const bytes = stream.ZENTotalBytesRxClient + stream.ZENTotalBytesTxClient
  return bytes === 0 ? '' : bytesText(bytes)
}

function barText({ connection, stream, tone }: Bar, names: ReadonlyMap<string, string>): string {
  const parts = [
    `${names.get(connection) ?? connection} to ${targetText(stream.Host, stream.ServicePort)}`,
    `${bytesText(stream.ZENTotalBytesRxClient)} sent, ${bytesText(stream.ZENTotalBytesTxClient)} received`,
    tone === 'info' ? 'open' : stream.InternalReason,
  ]
  return parts.filter(part => part !== '').join('\n')
}
