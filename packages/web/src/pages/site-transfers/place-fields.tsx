import { Autocomplete, Group, Select, TextInput } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { useUserNames } from '../sites/use-names.ts'
import type { PlaceForm } from './step-form.ts'

interface PlaceFieldsProps {
  readonly label: string
  readonly place: PlaceForm
  readonly onChange: (place: PlaceForm) => void
  /** Where the place stands in the form, such as `steps.0.from`; mistakes are found by it. */
  readonly path: string
  readonly errors: FormErrors
  readonly disabled: boolean
  /** Offers the file that made the run begin. */
  readonly withCause?: boolean
}

const PLACES = [
  { value: 'user', label: 'a folder of a user' },
  { value: 'folder', label: 'a folder of the machine' },
]

/** A place of this server. */
export function PlaceFields({ label, place, onChange, path, errors, disabled, withCause }: PlaceFieldsProps) {
  const users = useUserNames()
  const { kind } = place
  return (
    <>
      <Select
        label={label}
        allowDeselect={false}
        disabled={disabled}
        data={withCause ? [{ value: 'cause', label: 'the file that made it begin' }, ...PLACES] : PLACES}
        value={kind}
        error={errors[path]}
        onChange={value => {
          if (value === 'cause' || value === 'user' || value === 'folder') onChange({ ...place, kind: value })
        }}
      />
      {kind === 'user' && (
        <Group grow align="start">
          <Autocomplete
            label="User"
            required
            disabled={disabled}
            data={[...users]}
            limit={50}
            spellCheck={false}
            value={place.user}
            error={errors[`${path}.user`]}
            onChange={user => onChange({ ...place, user })}
          />
          <TextInput
            label="Folder"
            description="As the user sees it"
            placeholder="/outbox"
            required
            spellCheck={false}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            disabled={disabled}
            value={place.path}
            error={errors[`${path}.path`]}
            onChange={event => onChange({ ...place, path: event.currentTarget.value })}
          />
        </Group>
      )}
      {kind === 'folder' && (
        <TextInput
          label="Folder of the machine"
          placeholder="/srv/outbox"
          required
          spellCheck={false}
          disabled={disabled}
          value={place.folder}
          error={errors[`${path}.folder`]}
          onChange={event => onChange({ ...place, folder: event.currentTarget.value })}
        />
      )}
    </>
  )
}
