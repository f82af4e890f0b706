import { Button, Text, Title, UnstyledButton } from '@mantine/core'
import type { AccessSession } from '@portolan/console/contract'
import { useState } from 'react'
import { bytesText, countText, durationText, timeText } from '../../../format/format.ts'
import { toneOfCode } from '../streams/stream-words.ts'
import classes from './session-page.module.css'

/** Entries that are drawn at once. */
const STEP = 200

export interface SessionPartProps {
  readonly session: AccessSession
  /** What people call a connection, by its ConnectionID. */
  readonly names: ReadonlyMap<string, string>
  readonly chosen: string | undefined
  readonly onChoose: (connection: string) => void
}

/** What was said and done in the session, in its order, on all its connections. */
export function SessionEntries({ session, names, chosen, onChoose }: SessionPartProps) {
  const [most, setMost] = useState(STEP)
  const { entries, startedAt } = session
  return (
    <section aria-labelledby="session-entries">
      <Title order={2} id="session-entries">
        What happened
      </Title>
      {entries.length === 0 && (
        <Text size="md" c="dimmed">
          Nothing was noted.
        </Text>
      )}
      {entries.length > 0 && (
        <ol className={classes.entries}>
          {keyedEntries(entries.slice(0, most)).map(([key, entry]) => {
            const { at, kind, connection, text, code, bytes, ms } = entry
            const tone = kind === 'warning' ? 'warn' : toneOfCode(code ?? '')
            const name = names.get(connection) ?? connection
            const measures = [
              bytes === undefined ? '' : bytesText(bytes),
              ms === undefined ? '' : durationText(ms),
            ].filter(part => part !== '')
            return (
              <li
                key={key}
                data-chosen={chosen === connection || undefined}
                data-bad={tone === 'bad' || undefined}
                data-warn={tone === 'warn' || undefined}
              >
                <time dateTime={new Date(at).toISOString()} title={timeText(at)} className={classes.at}>
                  {offsetText(at - startedAt)}
                </time>
                <UnstyledButton
                  className={classes.name}
                  aria-pressed={chosen === connection}
                  onClick={() => onChoose(connection)}
                >
                  {name}
                </UnstyledButton>
                <span className={classes.text}>
                  {text}
                  {measures.length > 0 && <small> {measures.join(', ')}</small>}
                </span>
              </li>
            )
          })}
        </ol>
      )}
      {entries.length > most && (
        <Button mt="sm" size="xs" variant="default" onClick={() => setMost(most + STEP)}>
          Show {countText(Math.min(STEP, entries.length - most))} more
        </Button>
      )}
    </section>
  )
}

/** How long after the begin. */
const offsetText = (ms: number) => `+${durationText(Math.max(0, ms))}`

type Entry = AccessSession['entries'][number]

/** Entries with a key of their own, also where the same was said twice in one moment. */
function keyedEntries(entries: readonly Entry[]): readonly (readonly [string, Entry])[] {
  const seen = new Map<string, number>()
  return entries.map(entry => {
    const told = `${entry.at} ${entry.connection} ${entry.text}`
    const count = (seen.get(told) ?? 0) + 1
    seen.set(told, count)
    return [`${told} ${count}`, entry]
  })
}
