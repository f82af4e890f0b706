import { Group, NumberInput, Text } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { waitsText } from './retry-waits.ts'
import type { RetryForm } from './transfer-form.ts'

interface RetryFieldsProps {
  readonly retry: RetryForm
  readonly onChange: (retry: RetryForm) => void
  /** Mistakes by path, such as `retry.first`. */
  readonly errors: FormErrors
  readonly disabled: boolean
}

/** When it is tried again, with the waits that come of it. */
export function RetryFields({ retry, onChange, errors, disabled }: RetryFieldsProps) {
  const field = (name: keyof RetryForm, label: string, description: string, unit = '') => (
    <NumberInput
      label={label}
      description={description}
      min={0}
      suffix={unit}
      disabled={disabled}
      value={retry[name]}
      error={errors[`retry.${name}`]}
      onChange={value => onChange({ ...retry, [name]: value })}
    />
  )
  return (
    <>
      <Group grow align="start">
        {field('attempts', 'Attempts', 'The first one among them')}
        {field('first', 'First wait', 'Until the second attempt', ' s')}
      </Group>
      <Group grow align="start">
        {field('factor', 'Factor', 'Each wait is so many times the one before')}
        {field('ceiling', 'Longest wait', 'No wait is longer', ' s')}
      </Group>
      {field(
        'jitter',
        'Left to chance',
        'A wait is shorter by up to so much, so that not all come at once',
        ' %',
      )}
      <Text size="sm" role="status" mih="1.45em">
        {waitsText(retry) ?? 'Numbers are missing.'}
      </Text>
    </>
  )
}
