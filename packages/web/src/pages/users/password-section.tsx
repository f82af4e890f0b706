import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { User } from '@portolan/console/contract'
import { type FormEvent, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { ConfirmButton } from '../../components/confirm.tsx'
import { FormSection } from '../../components/form-section.tsx'
import { NewPassword } from '../../components/new-password.tsx'
import { Status } from '../../components/status.tsx'
import { useChange } from '../../components/use-change.ts'

/** The password of a user: it is set or taken away at once, apart from the other fields. */
export function PasswordSection({ user, path, disabled }: { user: User; path: string; disabled: boolean }) {
  const [opened, { open, close }] = useDisclosure(false)
  const remove = useChange({
    run: () => api.patch(path, { password: null }),
    done: 'The password is taken away',
    renews: ['/users'],
    errors: 'self',
  })
  return (
    <FormSection title="Password" description="Kept as an argon2id hash; nobody can read it.">
      <Group gap="sm">
        <Status tone={user.hasPassword ? 'good' : 'warn'}>
          {user.hasPassword ? 'A password is set' : 'No password: nobody logs in with one'}
        </Status>
      </Group>
      {!disabled && (
        <Group gap="xs">
          <Button variant="default" onClick={open}>
            Set a new password
          </Button>
          {user.hasPassword && (
            <ConfirmButton
              title="Take the password away?"
              verb="Take it away"
              danger
              onConfirm={() => remove.mutateAsync()}
              button={ask => (
                <Button variant="subtle" color="red" onClick={ask}>
                  Take it away
                </Button>
              )}
            >
              {user.name} can then log in with no password at all until a new one is set. Running sessions go
              on.
            </ConfirmButton>
          )}
        </Group>
      )}
      <Modal opened={opened} onClose={close} title={`A new password for ${user.name}`}>
        <SetPassword user={user} path={path} onClose={close} />
      </Modal>
    </FormSection>
  )
}

function SetPassword({ user, path, onClose }: { user: User; path: string; onClose: () => void }) {
  const [password, setPassword] = useState('')
  const save = useChange({
    run: () => api.patch(path, { password }),
    done: `The new password of ${user.name} holds from the next login on`,
    renews: ['/users'],
    errors: 'self',
    onDone: onClose,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // React hands events of a dialog on to the form around its place in the tree.
    event.stopPropagation()
    save.mutate()
  }
  const fault =
    save.error instanceof ApiError ? (save.error.fields.password ?? save.error.message) : save.error?.message
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          It is shown only now: hand it over before you close this.
        </Text>
        <NewPassword
          label="New password"
          data-autofocus
          required
          withMaker
          atLeast={1}
          name={user.name}
          value={password}
          onChange={setPassword}
          error={fault}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={password === ''}>
            Set the password
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
