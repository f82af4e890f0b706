import { Alert, Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Administrator, Role } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { NewPassword } from '../../components/new-password.tsx'
import { useChange } from '../../components/use-change.ts'
import { ROLES } from './roles.ts'

interface AdministratorModalProps {
  /** `new` makes one. */
  readonly administrator: Administrator | 'new' | undefined
  readonly onClose: () => void
}

/** Makes an administrator, or changes role and password of one. */
export function AdministratorModal({ administrator, onClose }: AdministratorModalProps) {
  return (
    <Modal
      opened={administrator !== undefined}
      onClose={onClose}
      title={administrator === 'new' ? 'Add an administrator' : administrator?.name}
    >
      {administrator !== undefined && (
        <AdministratorForm one={administrator === 'new' ? undefined : administrator} onClose={onClose} />
      )}
    </Modal>
  )
}

interface Values {
  name: string
  role: Role
  password: string
}

function AdministratorForm({ one, onClose }: { one: Administrator | undefined; onClose: () => void }) {
  const [fault, setFault] = useState<string>()
  const form = useForm<Values>({
    initialValues: { name: one?.name ?? '', role: one?.role ?? 'operator', password: '' },
  })
  const save = useChange({
    run: ({ name, role, password }: Values) =>
      one
        ? api.patch<Administrator>(`/administrators/${encodeURIComponent(one.name)}`, {
            ...(role !== one.role && { role }),
            ...(password !== '' && { password }),
          })
        : api.post<Administrator>('/administrators', { name: name.trim(), role, password }),
    done: saved => (one ? `${saved.name} is changed and has to sign in again` : `${saved.name} may sign in`),
    renews: ['/administrators'],
    errors: 'self',
    onDone: onClose,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    save.mutate(values, { onError: error => setFault(showErrors(form, error, ['name', 'role', 'password'])) })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {!one && (
          <TextInput
            label="Name"
            required
            data-autofocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...form.getInputProps('name')}
          />
        )}
        <Radio.Group label="Role" {...form.getInputProps('role')}>
          <Stack gap="xs" mt={6}>
            {Object.entries(ROLES).map(([role, { label, text }]) => (
              <Radio key={role} value={role} label={label} description={text} />
            ))}
          </Stack>
        </Radio.Group>
        <NewPassword
          label={one ? 'New password' : 'Password'}
          description={one ? 'Empty: it stays as it is' : undefined}
          required={!one}
          withMaker
          name={form.values.name}
          {...form.getInputProps('password')}
        />
        {fault !== undefined && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {one ? 'Save' : 'Add the administrator'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
