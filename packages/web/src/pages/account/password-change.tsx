import { Alert, Button, Group } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { FormSection } from '../../components/form-section.tsx'
import { NewPassword } from '../../components/new-password.tsx'
import { PasswordField } from '../../components/password-field.tsx'
import { useChange } from '../../components/use-change.ts'
import { useMe } from '../../shell/me.ts'

/** Changes one's own password; all other browsers are signed out by it. */
export function PasswordChange() {
  const me = useMe()
  const [fault, setFault] = useState<string>()
  const form = useForm({ initialValues: { current: '', next: '' } })
  const save = useChange({
    run: (body: { current: string; next: string }) => api.post('/auth/password', body),
    done: 'The password is changed; all other browsers are signed out',
    renews: ['/auth/sessions'],
    errors: 'self',
    onDone: () => form.reset(),
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    save.mutate(values, { onError: error => setFault(showErrors(form, error, ['current', 'next'])) })
  })
  return (
    <FormSection
      title="Password"
      description="All other browsers where you are signed in are signed out by a change."
    >
      <form onSubmit={submit}>
        <Group align="start" gap="md" maw="28rem" grow preventGrowOverflow={false}>
          <PasswordField label="Present password" w="100%" {...form.getInputProps('current')} />
          <NewPassword
            label="New password"
            required
            withAsterisk={false}
            name={me?.name}
            {...form.getInputProps('next')}
          />
        </Group>
        {fault !== undefined && (
          <Alert color="red" role="alert" mt="sm">
            {fault}
          </Alert>
        )}
        <Button type="submit" mt="md" variant="default" loading={save.isPending}>
          Change the password
        </Button>
      </form>
    </FormSection>
  )
}
