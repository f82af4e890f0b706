import { Alert, Button, Drawer, Group, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { User, UserWrite } from '@portolan/console/contract'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { NewPassword } from '../../components/new-password.tsx'
import { useChange } from '../../components/use-change.ts'
import { GroupSelect } from './group-select.tsx'

const FIELDS = ['name', 'password', 'home', 'groups', 'permissions']

/** Makes a user out of what everyone needs; all else is on the page of the user. */
export function AddUser({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Drawer opened={opened} onClose={onClose} title="Add a user" size="md">
      <AddUserForm onClose={onClose} />
    </Drawer>
  )
}

function AddUserForm({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const [fault, setFault] = useState<string>()
  const form = useForm({
    initialValues: { name: '', password: '', home: '', groups: [] as string[], readOnly: false },
  })
  const add = useChange({
    run: (write: UserWrite) => api.post<User>('/users', write),
    done: user => `${user.name} can log in`,
    renews: ['/users', '/groups', '/overview'],
    errors: 'self',
    onDone: user => {
      onClose()
      void navigate({ to: `/users/${encodeURIComponent(user.name)}` })
    },
  })
  const submit = form.onSubmit(({ name, password, home, groups, readOnly }) => {
    setFault(undefined)
    const write: UserWrite = {
      name: name.trim(),
      groups,
      ...(password !== '' && { password }),
      ...(home.trim() !== '' && { home: home.trim(), createHome: true }),
      ...(readOnly && { permissions: [{ path: '/', allow: 'readOnly' as const }] }),
    }
    add.mutate(write, { onError: error => setFault(showErrors(form, error, FIELDS)) })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="As it is typed at login"
          required
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('name')}
        />
        <NewPassword
          label="Password"
          description="Without one, nobody logs in with a password"
          name={form.values.name}
          withMaker
          atLeast={1}
          {...form.getInputProps('password')}
        />
        <TextInput
          label="Home folder"
          description="What the user sees as /. Empty: a folder of its own in the data folder is made."
          placeholder="files/NAME"
          spellCheck={false}
          {...form.getInputProps('home')}
        />
        <GroupSelect {...form.getInputProps('groups')} />
        <Switch
          label="Read only"
          description="May list and download, and change nothing"
          {...form.getInputProps('readOnly', { type: 'checkbox' })}
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
          <Button type="submit" loading={add.isPending}>
            Add the user
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
