import {
  Alert,
  Autocomplete,
  Button,
  Drawer,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import type { TransferView, TransferWrite } from '@portolan/console/contract'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { useChange } from '../../components/use-change.ts'
import { useSiteNames, useUserNames } from '../sites/use-names.ts'
import { cronText } from './cron-text.ts'
import { type NewTransfer, newTransferFields, writeOfNew } from './new-transfer.ts'

/** Makes a transfer out of what every transfer needs; all else is on its page. */
export function AddTransfer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Drawer opened={opened} onClose={onClose} title="Add a site transfer" size="md">
      <AddTransferForm onClose={onClose} />
    </Drawer>
  )
}

const EMPTY: NewTransfer = {
  name: '',
  direction: 'push',
  site: '',
  user: '',
  path: '/',
  pattern: '*',
  remote: '',
  when: 'arrival',
  cron: '0 6 * * *',
}

function AddTransferForm({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const sites = useSiteNames()
  const users = useUserNames()
  const [fault, setFault] = useState<string>()
  const form = useForm<NewTransfer>({ initialValues: EMPTY })
  const add = useChange({
    run: (write: TransferWrite) => api.post<TransferView>('/site-transfers', write),
    done: made => `${made.name} is kept`,
    renews: ['/site-transfers', '/sites', '/coming'],
    errors: 'self',
    onDone: made => {
      onClose()
      void navigate({ to: `/site-transfers/${encodeURIComponent(made.name)}` })
    },
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
    add.mutate(writeOfNew(values, timeZone), {
      onError: error =>
        setFault(
          showErrors(
            { setErrors: errors => form.setErrors(newTransferFields(errors, values)) },
            error,
            FIELDS,
          ),
        ),
    })
  })
  const { direction, when, cron } = form.values
  const isPush = direction === 'push'
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          required
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          placeholder="orders-to-acme"
          {...form.getInputProps('name')}
        />
        <SegmentedControl
          aria-label="Which way files go"
          data={[
            { value: 'push', label: 'Push to a partner' },
            { value: 'pull', label: 'Pull from a partner' },
          ]}
          {...form.getInputProps('direction')}
          onChange={value => {
            if (value !== 'push' && value !== 'pull') return
            form.setFieldValue('direction', value)
            form.setFieldValue('when', value === 'push' ? 'arrival' : 'schedule')
          }}
        />
        <Autocomplete
          label="Site"
          required
          spellCheck={false}
          data={[...sites]}
          limit={50}
          {...form.getInputProps('site')}
        />
        <Group grow align="start">
          <Autocomplete
            label={isPush ? 'Files of the user' : 'To the user'}
            required
            spellCheck={false}
            data={[...users]}
            limit={50}
            {...form.getInputProps('user')}
          />
          <TextInput
            label="Folder"
            required
            placeholder="/outbox"
            spellCheck={false}
            {...form.getInputProps('path')}
          />
        </Group>
        <TextInput
          label="Which files"
          description="Globs with commas, such as *.csv,report-??.txt"
          required
          spellCheck={false}
          {...form.getInputProps('pattern')}
        />
        <TextInput
          label="Folder at the site"
          placeholder="the folder of the site"
          spellCheck={false}
          {...form.getInputProps('remote')}
        />
        <Select
          label="When"
          allowDeselect={false}
          data={[
            ...(isPush ? [{ value: 'arrival', label: 'As soon as a file has arrived' }] : []),
            { value: 'schedule', label: 'On a schedule' },
            { value: 'request', label: 'When somebody asks' },
          ]}
          {...form.getInputProps('when')}
        />
        {when === 'schedule' && (
          <TextInput
            label="Times"
            description="Minute, hour, day, month and day of the week"
            required
            spellCheck={false}
            {...form.getInputProps('cron')}
          />
        )}
        {when === 'schedule' && cronText(cron) !== undefined && (
          <Text size="sm" role="status">
            {cronText(cron)}
          </Text>
        )}
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
            Add the transfer
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const FIELDS = [
  ...['name', 'steps.0.site', 'steps.0.pattern', 'schedule.cron', 'trigger.pattern'],
  ...['trigger.place', 'trigger.place.user', 'trigger.place.path'],
  ...[
    'steps.0.from',
    'steps.0.from.user',
    'steps.0.from.path',
    'steps.0.to',
    'steps.0.to.user',
    'steps.0.to.path',
  ],
]
