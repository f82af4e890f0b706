import { ActionIcon, Autocomplete, Button, Select, Text, TextInput, Tooltip } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import type { Condition } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { type Keyed, keyed } from '../../components/keyed.ts'
import { valueHint } from './properties.ts'
import classes from './transfer-editor.module.css'

const COMPARISONS: readonly { readonly value: Condition['is']; readonly label: string }[] = [
  { value: 'equals', label: 'is' },
  { value: 'not', label: 'is not' },
  { value: 'matches', label: 'matches' },
  { value: 'over', label: 'is over' },
  { value: 'under', label: 'is under' },
  { value: 'within', label: 'is within' },
]

interface ConditionsEditorProps {
  /** Those that runs of this transfer have. */
  readonly properties: readonly string[]
  readonly conditions: readonly Keyed<Condition>[]
  readonly onChange: (conditions: readonly Keyed<Condition>[]) => void
  readonly errors: FormErrors
  readonly disabled: boolean
}

/** What has to hold before a run is made: all of it. */
export function ConditionsEditor({
  properties,
  conditions,
  onChange,
  errors,
  disabled,
}: ConditionsEditorProps) {
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
              data={[...properties]}
              value={one.property}
              error={errors[`conditions.${at}.property`] ?? errors[`conditions.${at}`]}
              onChange={property => put(at, { property })}
            />
            <Select
              aria-label={`Comparison of condition ${at + 1}`}
              allowDeselect={false}
              disabled={disabled}
              data={[...COMPARISONS]}
              value={one.is}
              error={errors[`conditions.${at}.is`]}
              onChange={value => {
                const found = COMPARISONS.find(other => other.value === value)
                if (found) put(at, { is: found.value })
              }}
            />
            <TextInput
              aria-label={`Value of condition ${at + 1}`}
              placeholder={valueHint(one.property, one.is)}
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
              onChange([
                ...conditions,
                keyed<Condition>({ property: properties[0] ?? '', is: 'equals', value: '' }),
              ])
            }
          >
            Add a condition
          </Button>
        </div>
      )}
    </>
  )
}
