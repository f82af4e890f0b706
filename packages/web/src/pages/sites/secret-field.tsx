import { Button, Group, PasswordInput, Text, Textarea } from '@mantine/core'
import { Status } from '../../components/status.tsx'
import type { SecretForm } from './site-form.ts'

interface SecretFieldProps {
  readonly label: string
  readonly description?: string
  /** Whether there is one that could stay. */
  readonly kept: boolean
  readonly secret: SecretForm
  readonly onChange: (secret: SecretForm) => void
  readonly error?: React.ReactNode
  readonly disabled: boolean
  /** For keys, which have many lines. */
  readonly long?: boolean
}

/** A value that is kept sealed: nobody reads it, one sets another or takes it away. Saved with the form around it. */
export function SecretField(props: SecretFieldProps) {
  const { label, description, kept, secret, onChange, error, disabled, long = false } = props
  const value = secret.way === 'set' ? secret.value : ''
  const change = (text: string) => onChange(text === '' ? { way: 'stay' } : { way: 'set', value: text })
  const shared = {
    label,
    description,
    error,
    disabled: disabled || secret.way === 'remove',
    value,
    placeholder: kept ? 'set; it stays unless another one is typed' : 'none',
    'aria-invalid': error ? (true as const) : undefined,
    spellCheck: false,
  }
  return (
    <div>
      {long ? (
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={8}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onChange={event => change(event.currentTarget.value)}
        />
      ) : (
        <PasswordInput
          {...shared}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': `Show or hide: ${label}` }}
          onChange={event => change(event.currentTarget.value)}
        />
      )}
      <Group gap="xs" mt={6} mih={26}>
        {secret.way === 'remove' ? (
          <Text size="sm" role="status">
            It is taken away when this is saved.
          </Text>
        ) : (
          <Status tone={kept ? 'good' : 'idle'}>{kept ? 'kept, sealed' : 'none is kept'}</Status>
        )}
        {!disabled && kept && (
          <Button
            size="compact-xs"
            variant="subtle"
            color={secret.way === 'remove' ? undefined : 'red'}
            onClick={() => onChange(secret.way === 'remove' ? { way: 'stay' } : { way: 'remove' })}
          >
            {secret.way === 'remove' ? 'Keep it' : 'Take it away'}
          </Button>
        )}
      </Group>
    </div>
  )
}
