import { ActionIcon, Autocomplete, Button, Select, Text, TextInput, Tooltip } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import type { Condition } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { type Keyed, keyed } from '../../components/keyed.ts'
import classes from './transfer-editor.module.css'

/** What conditions know of. Other properties of the cause may be named, too. */
const PROPERTIES = [
  'file.name',
  'file.path',
  'file.size',
  'file.user',
  'file.extension',
  'cause.kind',
  'run.state',
  'run.transfer',
  'site.name',
  'time.hour',
  'time.weekday',
  'time.date',
]

const COMPARISONS: readonly {
  readonly value: Condition['is']
  readonly label: string
  readonly hint: string
}[] = [
  { value: 'equals', label: 'is', hint: 'orders.csv' },
  { value: 'not', label: 'is not', hint: 'orders.csv' },
  { value: 'matches', label: 'matches', hint: '*.csv' },
  { value: 'over', label: 'is over', hint: '1000' },
  { value: 'under', label: 'is under', hint: '1000' },
  { value: 'within', label: 'is one of', hint: 'a, b, c' },
]

interface ConditionsEditorProps {
  readonly conditions: readonly Keyed<Condition>[]
  readonly onChange: (conditions: readonly Keyed<Condition>[]) => void
  readonly errors: FormErrors
  readonly disabled: boolean
}

/** What has to hold before a run is made: all of it. */
export function ConditionsEditor({ conditions, onChange, errors, disabled }: ConditionsEditorProps) {
  const put = (place: number, change: Partial<Condition>) =>
    onChange(conditions.map((one, at) => (at === place ? { ...one, ...change } : one)))
  return (
    <>
      {conditions.length === 0 && (
        <Text size="sm" c="dimmed">
          None: it runs whenever it begins.
        </Text>
      )}
      <div className={classes.conditions}>
        {conditions.map((one, at) => (
          <div key={one.key} className={classes.condition}>
            <Autocomplete
              aria-label={`Property of condition ${at + 1}`}
              placeholder="file.name"
              spellCheck={false}
              disabled={disabled}
              data={PROPERTIES}
              value={one.property}
              error={errors[`conditions.${at}.property`] ?? errors[`conditions.${at}`]}
              onChange={property => put(at, { property })}
            />
            <Select
              aria-label={`Comparison of condition ${at + 1}`}
              allowDeselect={false}
              disabled={disabled}
              data={COMPARISONS.map(({ value, label }) => ({ value, label }))}
              value={one.is}
              error={errors[`conditions.${at}.is`]}
              onChange={value => {
                const found = COMPARISONS.find(other => other.value === value)
                if (found) put(at, { is: found.value })
              }}
            />
            <TextInput
              aria-label={`Value of condition ${at + 1}`}
              placeholder={COMPARISONS.find(({ value }) => value === one.is)?.hint}
              spellCheck={false}
              disabled={disabled}
              value={one.value}
              error={errors[`conditions.${at}.value`]}
              onChange={event => put(at, { value: event.currentTarget.value })}
            />
            {!disabled && (
              <Tooltip label="Take this condition away">
                <ActionIcon
                  color="red"
                  aria-label={`Take condition ${at + 1} away`}
                  onClick={() => onChange(conditions.filter((_, place) => place !== at))}
                >
                  <IconTrash size={17} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
        ))}
      </div>
      {!disabled && (
        <div>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() =>
              onChange([...conditions, keyed<Condition>({ property: 'file.name', is: 'matches', value: '' })])
            }
          >
            Add a condition
          </Button>
        </div>
      )}
    </>
  )
}
