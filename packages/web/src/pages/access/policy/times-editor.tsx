import { ActionIcon, Button, Chip, Group, Paper, Select, TextInput, Tooltip } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { Keyed } from '../../../components/keyed.ts'
import classes from './rule.module.css'
import { DAYS, type TimeRow, usualTime } from './rule-form.ts'
import { daysText } from './rule-words.ts'

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')]

interface TimesEditorProps {
  readonly times: readonly Keyed<TimeRow>[]
  readonly errors: FormErrors
  readonly disabled: boolean
  readonly onChange: (times: readonly Keyed<TimeRow>[]) => void
}

/** When a rule holds: in one of these windows. */
export function TimesEditor({ times, errors, disabled, onChange }: TimesEditorProps) {
  const put = (place: number, change: Partial<TimeRow>) =>
    onChange(times.map((time, at) => (at === place ? { ...time, ...change } : time)))
  return (
    <>
      {times.map((time, place) => {
        const zones = ZONES.includes(time.timeZone) ? ZONES : [time.timeZone, ...ZONES]
        return (
          <Paper key={time.key} component="fieldset" p="sm" className={classes.time}>
            <legend>Time window {place + 1}</legend>
            <Chip.Group
              multiple
              value={[...time.days]}
              onChange={days => put(place, { days: DAYS.filter(day => days.includes(day)) })}
            >
              <Group gap={6}>
                {DAYS.map(day => (
                  <Chip key={day} value={day} size="xs" variant="outline" disabled={disabled}>
                    {daysText([day])}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
            {errors[`times.${place}.days`] && (
              <p className={classes.fault}>{errors[`times.${place}.days`]}</p>
            )}
            <div className={classes.window}>
              <TextInput
                label="From"
                placeholder="08:00"
                disabled={disabled}
                value={time.from}
                error={errors[`times.${place}.from`] ?? errors[`times.${place}`]}
                onChange={event => put(place, { from: event.currentTarget.value.trim() })}
              />
              <TextInput
                label="To"
                placeholder="18:00"
                disabled={disabled}
                value={time.to}
                error={errors[`times.${place}.to`]}
                onChange={event => put(place, { to: event.currentTarget.value.trim() })}
              />
              <Select
                label="Time zone"
                searchable
                allowDeselect={false}
                disabled={disabled}
                data={zones}
                limit={100}
                value={time.timeZone}
                error={errors[`times.${place}.timeZone`]}
                onChange={timeZone => put(place, { timeZone: timeZone ?? 'UTC' })}
              />
            </div>
            {!disabled && (
              <Tooltip label="Take this window away">
                <ActionIcon
                  color="red"
                  className={classes.remove}
                  aria-label={`Take time window ${place + 1} away`}
                  onClick={() => onChange(times.filter((_, at) => at !== place))}
                >
                  <IconTrash size={17} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </Paper>
        )
      })}
      {!disabled && (
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...times, usualTime()])}
          >
            Add a time window
          </Button>
        </div>
      )}
    </>
  )
}
