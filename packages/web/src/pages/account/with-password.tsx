import { Alert, Button, Group, Stack } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { PasswordField } from '../../components/password-field.tsx'
import { useChange } from '../../components/use-change.ts'

interface Codes {
  readonly recoveryCodes: readonly string[]
}

interface WithPasswordProps {
  readonly path: string
  readonly method?: 'post' | 'delete'
  readonly verb: string
  readonly danger?: boolean
  readonly done?: string
  readonly children: ReactNode
  readonly onDone: (answer: Codes | undefined) => void
  readonly onCancel: () => void
}

/** A change that needs the password once more: whoever found an open browser must not make it. */
export function WithPassword({
  path,
  method = 'post',
  verb,
  danger,
  done,
  children,
  onDone,
  onCancel,
}: WithPasswordProps) {
  const [password, setPassword] = useState('')
  const run = useChange({
    run: () => api[method]<Codes | undefined>(path, { password }),
    done,
    renews: ['me'],
    errors: 'self',
    onDone,
  })
  const own = run.error instanceof ApiError ? run.error.fields.password : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {children}
        <PasswordField
          label="Your password"
          data-autofocus
          value={password}
          error={own}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        {run.error && own === undefined && (
          <Alert color="red" role="alert">
            {run.error.message}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" color={danger ? 'red' : undefined} loading={run.isPending}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
