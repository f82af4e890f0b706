import { Select, TagsInput, Text, TextInput } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import type { ScheduleTried } from '@portolan/console/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from '../../api/client.ts'
import { Segments } from '../sites/segments.tsx'
import { cronText } from './cron-text.ts'
import classes from './transfer-editor.module.css'
import type { TransferForm } from './transfer-form.ts'
import { zonedTimeText } from './zoned-time.ts'

type ScheduleForm = TransferForm['schedule']

interface ScheduleFieldsProps {
  readonly schedule: ScheduleForm
  readonly onChange: (schedule: ScheduleForm) => void
  readonly errors: FormErrors
  readonly disabled: boolean
}

const MISSED = [
  { value: 'once', label: 'is made up for, once' },
  { value: 'skip', label: 'is left out' },
] as const
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** A schedule, with what it says in words and the next five times of it as it is typed. */
export function ScheduleFields({ schedule, onChange, errors, disabled }: ScheduleFieldsProps) {
  const zones = useMemo(
    () => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), schedule.timeZone])],
    [schedule.timeZone],
  )
  const tried = useTried(schedule)
  const problemAt = (name: 'cron' | 'timeZone' | 'except') =>
    errors[`schedule.${name}`] ??
    tried?.problems
      .filter(({ path }) => path === name || path.startsWith(`${name}[`))
      .map(({ message }) => message)
      .join('; ')
  return (
    <>
      <TextInput
        label="Times"
        description="Minute, hour, day, month and day of the week; with seconds, these first"
        placeholder="30 6 * * 1-5"
        required
        spellCheck={false}
        disabled={disabled}
        value={schedule.cron}
        error={problemAt('cron') || undefined}
        onChange={event => onChange({ ...schedule, cron: event.currentTarget.value })}
      />
      <Select
        label="Time zone"
        searchable
        allowDeselect={false}
        disabled={disabled}
        data={zones}
        limit={100}
        value={schedule.timeZone}
        error={problemAt('timeZone') || undefined}
        onChange={timeZone => onChange({ ...schedule, timeZone: timeZone ?? 'UTC' })}
      />
      <div aria-live="polite">
        <Text size="sm" fw={600}>
          {cronText(schedule.cron) ?? 'The next times'}
        </Text>
        {tried && tried.next.length > 0 ? (
          <ol className={classes.next} aria-label="The next five times">
            {tried.next.map(at => (
              <li key={at}>
                <time dateTime={new Date(at).toISOString()}>{zonedTimeText(at, schedule.timeZone)}</time>
              </li>
            ))}
          </ol>
        ) : (
          <Text size="sm" c="dimmed">
            {tried ? 'They show here once the schedule is one.' : '…'}
          </Text>
        )}
      </div>
      <TagsInput
        label="Days without a run"
        description="Dates such as 2026-12-25, in the time zone above"
        splitChars={[',', ' ']}
        acceptValueOnBlur
        disabled={disabled}
        placeholder={schedule.except.length === 0 ? 'none' : undefined}
        value={schedule.except}
        error={problemAt('except') || undefined}
        onChange={except => onChange({ ...schedule, except })}
      />
      <Segments
        label="A time that was missed while no node was up"
        disabled={disabled}
        options={MISSED}
        value={schedule.missed}
        onChange={missed => onChange({ ...schedule, missed })}
      />
    </>
  )
}

/** What the server says of a schedule, a moment after the typing rests. */
function useTried({ cron, timeZone, except }: ScheduleForm): ScheduleTried | undefined {
  const [ask] = useDebouncedValue(
    { cron: cron.trim(), timeZone, except: except.filter(day => DAY.test(day)) },
    250,
  )
  const { data } = useQuery({
    queryKey: ['/site-transfers/try-schedule', ask],
    queryFn: () => api.post<ScheduleTried>('/site-transfers/try-schedule', ask),
    enabled: ask.cron !== '',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
  return data
}
