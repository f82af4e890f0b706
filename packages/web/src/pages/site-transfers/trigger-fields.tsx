import { Autocomplete, NumberInput, Select, Switch, Text, TextInput } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { useTransferNames } from '../sites/use-names.ts'
import { PlaceFields } from './place-fields.tsx'
import classes from './transfer-editor.module.css'
import type { TriggerForm } from './transfer-form.ts'

const TRIGGERS: readonly { readonly value: TriggerForm['on']; readonly label: string }[] = [
  { value: 'request', label: 'Only when somebody asks' },
  { value: 'arrival', label: 'A file arrived in a folder of a user' },
  { value: 'watch', label: 'A file stands in a folder' },
  { value: 'run-ended', label: 'Another transfer has ended' },
  { value: 'data-failed', label: 'A data connection of a client failed' },
]

interface TriggerFieldsProps {
  readonly trigger: TriggerForm
  readonly onChange: (trigger: TriggerForm) => void
  readonly errors: FormErrors
  readonly disabled: boolean
}

/** What makes a transfer begin beside its schedule. */
export function TriggerFields({ trigger, onChange, errors, disabled }: TriggerFieldsProps) {
  const transfers = useTransferNames()
  const put = (change: Partial<TriggerForm>) => onChange({ ...trigger, ...change })
  return (
    <>
      <Select
        label="Trigger"
        description="Run now, the API and the command are always possible, too"
        allowDeselect={false}
        disabled={disabled}
        data={[...TRIGGERS]}
        value={trigger.on}
        error={errors.trigger}
        onChange={value => {
          const found = TRIGGERS.find(one => one.value === value)
          if (found) put({ on: found.value })
        }}
      />
      {(trigger.on === 'arrival' || trigger.on === 'watch') && (
        <>
          <PlaceFields
            label="Where"
            place={trigger.place}
            path="trigger.place"
            errors={errors}
            disabled={disabled}
            onChange={place => put({ place })}
          />
          <TextInput
            label="Which files"
            description="Globs with commas, such as *.csv,report-??.txt; or a regular expression between slashes"
            required
            spellCheck={false}
            disabled={disabled}
            value={trigger.pattern}
            error={errors['trigger.pattern']}
            onChange={event => put({ pattern: event.currentTarget.value })}
          />
          <Switch
            label="With folders below"
            checked={trigger.subfolders}
            disabled={disabled}
            onChange={event => put({ subfolders: event.currentTarget.checked })}
          />
        </>
      )}
      {trigger.on === 'arrival' && (
        <Text size="sm" c="dimmed">
          As soon as the file is whole: by FTP, or by the Files page.
        </Text>
      )}
      {trigger.on === 'watch' && (
        <NumberInput
          label="Unchanged for"
          description="A file that still grows is left alone"
          min={0}
          suffix=" s"
          disabled={disabled}
          value={trigger.quietSeconds}
          error={errors['trigger.quietSeconds']}
          onChange={quietSeconds => put({ quietSeconds })}
        />
      )}
      {trigger.on === 'run-ended' && (
        <div className={classes.pair}>
          <Autocomplete
            label="Transfer"
            required
            spellCheck={false}
            disabled={disabled}
            data={[...transfers]}
            limit={50}
            value={trigger.transfer}
            error={errors['trigger.transfer']}
            onChange={transfer => put({ transfer })}
          />
          <Select
            label="How it ended"
            allowDeselect={false}
            disabled={disabled}
            data={[
              { value: 'succeeded', label: 'it succeeded' },
              { value: 'failed', label: 'it failed' },
              { value: 'any', label: 'whichever way' },
            ]}
            value={trigger.state}
            error={errors['trigger.state']}
            onChange={value => {
              if (value === 'succeeded' || value === 'failed' || value === 'any') put({ state: value })
            }}
          />
        </div>
      )}
    </>
  )
}
