import { ActionIcon, Anchor, Button, Group, Skeleton, Text, Title, Tooltip } from '@mantine/core'
import type { Coming } from '@portolan/console/contract'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { EmptyView } from '../../components/empty-view.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useNow } from '../../components/time-ago.tsx'
import { dateText, zoneText } from '../../format/format.ts'
import classes from './coming.module.css'
import { type Day, dayStart, entryText, weekOf } from './week.ts'

const DAYS = 7

/** What schedules are going to do, a week at a time. */
export default function ComingPage() {
  const now = useNow(60_000)
  const [weeks, setWeeks] = useState(0)
  const today = dayStart(now)
  const start = dayStart(today, weeks * DAYS)
  const end = dayStart(start, DAYS)
  const query = useQuery({
    queryKey: ['/coming', start],
    queryFn: () => api.get<Coming>('/coming', { from: Math.max(start, Date.now()), to: end - 1 }),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
  const { data, error, isPlaceholderData } = query
  const days = data && weekOf(data.items, start, DAYS)
  return (
    <>
      <PageHeader
        title="Coming runs"
        description={`What schedules are going to begin, in the time of this browser (${zoneText(now)}). What triggers begin, nobody knows before.`}
        actions={
          <Group gap={4}>
            <Tooltip label="The week before">
              <ActionIcon
                variant="default"
                aria-label="The week before"
                disabled={weeks === 0}
                onClick={() => setWeeks(weeks - 1)}
              >
                <IconChevronLeft size={17} aria-hidden />
              </ActionIcon>
            </Tooltip>
            <Button variant="default" disabled={weeks === 0} onClick={() => setWeeks(0)}>
              Today
            </Button>
            <Tooltip label="The week after">
              <ActionIcon variant="default" aria-label="The week after" onClick={() => setWeeks(weeks + 1)}>
                <IconChevronRight size={17} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </Group>
        }
      />
      {error && !data && <ErrorView error={error} onRetry={() => void query.refetch()} />}
      {!data && !error && <Skeleton height={320} radius="md" aria-busy="true" />}
      {data && !data.complete && (
        <Notice spaced tone="warn">
          There are more runs than are shown here.
        </Notice>
      )}
      {days && data.items.length === 0 && !isPlaceholderData && (
        <EmptyView
          text={`No schedule begins anything from ${dateText(start)} to ${dateText(end - 1)}.`}
          action={
            <Button component={Link} to="/site-transfers" variant="default">
              Site transfers
            </Button>
          }
        />
      )}
      {days && data.items.length > 0 && (
        <ol className={classes.week} aria-label="Days" data-stale={isPlaceholderData || undefined}>
          {days.map(day => (
            <DayView key={day.start} day={day} isToday={day.start === today} />
          ))}
        </ol>
      )}
    </>
  )
}

function DayView({ day, isToday }: { day: Day; isToday: boolean }) {
  const date = new Date(day.start)
  const isFree = day.entries.length === 0
  return (
    <li className={classes.day} data-today={isToday || undefined} data-free={isFree || undefined}>
      <header>
        <Title order={2}>
          {date.toLocaleDateString('en', { weekday: 'short' })}
          {isToday && <span className={classes.today}>today</span>}
        </Title>
        <Text size="xs" c="dimmed" className="tabular">
          {dateText(day.start)}
        </Text>
      </header>
      {isFree ? (
        <Text size="sm" c="dimmed">
          nothing
        </Text>
      ) : (
        <ul>
          {day.entries.map(entry => (
            <li key={entry.transfer}>
              <span className="tabular">{entryText(entry)}</span>
              <Anchor component={Link} to={`/site-transfers/${encodeURIComponent(entry.transfer)}`} size="sm">
                {entry.transfer}
              </Anchor>
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}
