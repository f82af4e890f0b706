import { Text, Title } from '@mantine/core'
import type { RunEventView } from '@portolan/console/contract'
import { Time } from '../../components/time-ago.tsx'
import { factsOfEvent, toneOfEvent } from './event-words.ts'
import classes from './run-page.module.css'

/** What happened, oldest first, each with what was decided and why. */
export function RunTimeline({ events, over }: { events: readonly RunEventView[]; over: boolean }) {
  return (
    <section className={classes.section} aria-labelledby="timeline-title">
      <Title order={2} id="timeline-title">
        Timeline
      </Title>
      {events.length === 0 ? (
        <Text size="md" c="dimmed">
          {over ? 'Nothing was noted.' : 'Nothing yet.'}
        </Text>
      ) : (
        <ol className={classes.timeline}>
          {events.map(event => (
            <li key={event.id} data-tone={toneOfEvent(event.kind)}>
              <div className={classes.eventHead}>
                <Time at={event.at} />
                <code>{event.kind}</code>
              </div>
              <div className={classes.eventText}>{event.text}</div>
              <Detail detail={event.detail} />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Detail({ detail }: { detail: unknown }) {
  const facts = factsOfEvent(detail)
  if (facts.length === 0) return null
  return (
    <details className={classes.detail}>
      <summary>Details</summary>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
