import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  SegmentedControl,
  Select,
  Stack,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Ban } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { useChange } from '../../components/use-change.ts'
import { plural } from '../../format/format.ts'

const SPANS = [
  { value: '15', label: '15 minutes' },
  { value: '60', label: 'One hour' },
  { value: '1440', label: 'One day' },
  { value: '10080', label: 'One week' },
  { value: '', label: 'Until it is lifted' },
]

interface Values {
  kind: string
  value: string
  minutes: string
  reason: string
  kick: boolean
}

/** Bans an address, a network or a user. */
export function AddBan({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Ban somebody">
      <AddBanForm onClose={onClose} />
    </Modal>
  )
}

function AddBanForm({ onClose }: { onClose: () => void }) {
  const [fault, setFault] = useState<string>()
  const form = useForm<Values>({
    initialValues: { kind: 'address', value: '', minutes: '1440', reason: '', kick: true },
  })
  const ban = useChange({
    run: ({ minutes, value, reason, ...rest }: Values) =>
      api.post<Ban & { readonly kicked: number }>('/bans', {
        ...rest,
        value: value.trim(),
        reason: reason.trim(),
        ...(minutes !== '' && { minutes: Number(minutes) }),
      }),
    done: made =>
      `${made.value} is banned${made.kicked > 0 ? `; ${plural(made.kicked, 'session')} ended` : ''}`,
    renews: ['/bans', '/sessions', '/overview'],
    errors: 'self',
    onDone: onClose,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    const fields = ['kind', 'value', 'minutes', 'reason', 'kick']
    ban.mutate(values, { onError: error => setFault(showErrors(form, error, fields)) })
  })
  const isAddress = form.values.kind === 'address'
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <SegmentedControl
          fullWidth
          aria-label="What is banned"
          data={[
            { value: 'address', label: 'An address or network' },
            { value: 'user', label: 'A user' },
          ]}
          {...form.getInputProps('kind')}
        />
        <TextInput
          label={isAddress ? 'Address or network' : 'User'}
          placeholder={isAddress ? '203.0.113.7 or 203.0.113.0/24' : 'alice'}
          required
          data-autofocus
          spellCheck={false}
          autoComplete="off"
          {...form.getInputProps('value')}
        />
        <Select label="For" allowDeselect={false} data={SPANS} {...form.getInputProps('minutes')} />
        <TextInput
          label="Reason"
          description="For those who read the list"
          maxLength={500}
          {...form.getInputProps('reason')}
        />
        <Checkbox
          label="End the sessions that it is about"
          {...form.getInputProps('kick', { type: 'checkbox' })}
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
          <Button type="submit" color="red" loading={ban.isPending}>
            Ban
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
