import { NumberInput, Select, Switch, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import type { Field, FieldOf } from './schema-form.ts'

export interface FieldInputProps<F extends Field = Field> {
  readonly field: F
  readonly id: string
  readonly label: string
  readonly describedBy?: string | undefined
  readonly value: unknown
  readonly invalid: boolean
  readonly locked: boolean
  /** Told an empty text when the input was emptied. */
  readonly onChange: (value: unknown) => void
}

/** The input for a setting that is one value or a list of texts. */
export function PlainInput(props: FieldInputProps) {
  const { field, id, describedBy, value, invalid, locked, onChange } = props
  const common = {
    id,
    'aria-describedby': describedBy,
    error: invalid,
    readOnly: locked,
    placeholder: placeholderOf(field),
  }
  switch (field.kind) {
    case 'switch':
      return (
        <Switch
          id={id}
          mih={36}
          pt={8}
          aria-describedby={describedBy}
          checked={value === undefined ? field.default === true : value === true}
          disabled={locked}
          label={value === true || (value === undefined && field.default === true) ? 'on' : 'off'}
          onChange={event => onChange(event.currentTarget.checked)}
        />
      )
    case 'number':
      return (
        <NumberInput
          {...common}
          maw={180}
          value={typeof value === 'number' || typeof value === 'string' ? value : ''}
          allowDecimal={false}
          clampBehavior="none"
          min={field.minimum}
          max={field.maximum}
          onChange={onChange}
        />
      )
    case 'choice':
      return <ChoiceInput {...props} field={field} />
    case 'list':
      return (
        <TagsInput
          {...common}
          aria-label={props.label}
          value={textsOf(value)}
          splitChars={[',', ' ', ';']}
          acceptValueOnBlur
          clearable={!locked}
          placeholder={textsOf(value).length > 0 ? '' : placeholderOf(field)}
          onChange={next => onChange(next.length === 0 && field.default === undefined ? '' : next)}
        />
      )
    case 'lines':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={8}
          value={textOf(value)}
          onChange={event => onChange(event.currentTarget.value)}
        />
      )
    case 'table':
    case 'record':
    case 'section':
      return null
    default:
      return (
        <TextInput
          {...common}
          maw={field.kind === 'text' ? undefined : 180}
          spellCheck={false}
          value={textOf(value)}
          onChange={event => onChange(event.currentTarget.value)}
        />
      )
  }
}

function ChoiceInput({
  field,
  id,
  describedBy,
  value,
  invalid,
  locked,
  onChange,
}: FieldInputProps<FieldOf<'choice'>>) {
  const texts = new Map(field.options.map(option => [option.value, option.text]))
  return (
    <Select
      id={id}
      maw={300}
      aria-describedby={describedBy}
      data={field.options.map(option => option.value)}
      value={typeof value === 'string' ? value : null}
      placeholder={placeholderOf(field)}
      allowDeselect={false}
      error={invalid}
      readOnly={locked}
      onChange={next => onChange(next ?? '')}
      comboboxProps={{ width: 320, position: 'bottom-start', shadow: 'md' }}
      renderOption={({ option }) => (
        <div>
          <Text size="sm" fw={600}>
            {option.value}
          </Text>
          {texts.get(option.value) && (
            <Text size="xs" c="dimmed">
              {texts.get(option.value)}
            </Text>
          )}
        </div>
      )}
    />
  )
}

/** What stands in an empty input: what holds then. */
function placeholderOf(field: Field): string {
  if (typeof field.default === 'string' || typeof field.default === 'number') return String(field.default)
  if (Array.isArray(field.default)) return field.default.length === 0 ? 'none' : ''
  return field.default === undefined ? 'not set' : ''
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' && value !== '' ? value.split(/\s*,\s*/) : []
}
