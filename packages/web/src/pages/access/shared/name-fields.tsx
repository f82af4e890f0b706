import { Switch, TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'

interface NameFieldsProps {
  readonly form: {
    getInputProps(
      path: 'name' | 'description' | 'enabled',
      options?: { type?: 'checkbox' },
    ): GetInputPropsReturnType
  }
  readonly isNew: boolean
  readonly disabled: boolean
  /** What it is called in a sentence, such as `group`: its name stays once it is made. */
  readonly what: string
  /** Who uses the name, such as `Rules and segments name it`. */
  readonly namedBy: string
  /** An example of a name. */
  readonly placeholder?: string
  /** What follows when it is off; absent: it cannot be. */
  readonly off?: string
}

/** Name, description and switch, with which every thing of the access path begins. */
export function NameFields({ form, isNew, disabled, what, namedBy, placeholder, off }: NameFieldsProps) {
  return (
    <>
      <TextInput
        label="Name"
        required
        disabled={disabled || !isNew}
        description={isNew ? namedBy : `A ${what} keeps its name`}
        placeholder={placeholder}
        autoComplete="off"
        data-autofocus
        {...form.getInputProps('name')}
      />
      <TextInput label="Description" disabled={disabled} {...form.getInputProps('description')} />
      {off !== undefined && (
        <Switch
          label="Enabled"
          description={off}
          disabled={disabled}
          {...form.getInputProps('enabled', { type: 'checkbox' })}
        />
      )}
    </>
  )
}
