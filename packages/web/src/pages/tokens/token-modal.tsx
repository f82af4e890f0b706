import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Scope, Token } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { showErrors } from '../../components/form-errors.ts'
import { useChange } from '../../components/use-change.ts'
import { useMe } from '../../shell/me.ts'
import { ScopesPicker } from './scopes-picker.tsx'
import classes from './tokens.module.css'

const DAY_MS = 86_400_000
const LIVES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'Until it is revoked' },
]

interface Made extends Token {
  readonly token: string
}

/** Makes a token and shows it once. */
export function TokenModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<Made>()
  const close = () => {
    onClose()
    setMade(undefined)
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made ? `The token ${made.name}` : 'Make a token'}
      closeOnClickOutside={made === undefined}
      size="lg"
    >
      {made ? <Shown made={made} onClose={close} /> : <TokenForm onMade={setMade} onCancel={close} />}
    </Modal>
  )
}

function Shown({ made, onClose }: { made: Made; onClose: () => void }) {
  return (
    <Stack gap="md">
      <Alert color="navy">
        Copy it now: it is shown only this once. The server keeps nothing but a hash of it.
      </Alert>
      <code className={classes.token}>{made.token}</code>
      <Group justify="space-between">
        <CopyButton text={made.token} what="the token" label="Copy the token" />
        <Button onClick={onClose}>Done</Button>
      </Group>
      <Text size="sm" c="dimmed" component="div">
        Sent with every request as <code>Authorization: Bearer TOKEN</code>. The API describes itself at{' '}
        <code>/api/v1/openapi.json</code>.
      </Text>
    </Stack>
  )
}

function TokenForm({ onMade, onCancel }: { onMade: (made: Made) => void; onCancel: () => void }) {
  const me = useMe()
  const [fault, setFault] = useState<string>()
  const form = useForm({ initialValues: { name: '', days: '90', scopes: [] as Scope[] } })
  const make = useChange({
    run: ({ name, days, scopes }: { name: string; days: string; scopes: Scope[] }) =>
      api.post<Made>('/tokens', {
        name: name.trim(),
        scopes,
        ...(days !== '' && { expiresAt: Date.now() + Number(days) * DAY_MS }),
      }),
    renews: ['/tokens'],
    errors: 'self',
    onDone: onMade,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    if (values.scopes.length === 0)
      return form.setFieldError('scopes', 'Choose at least one thing that it may do')
    make.mutate(values, {
      onError: error => setFault(showErrors(form, error, ['name', 'scopes', 'expiresAt'])),
    })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Group grow align="start">
          <TextInput
            label="Name"
            description="What it is for"
            placeholder="monitoring"
            required
            data-autofocus
            autoComplete="off"
            {...form.getInputProps('name')}
          />
          <Select
            label="Works for"
            description="A token that ends does less harm"
            allowDeselect={false}
            data={LIVES}
            {...form.getInputProps('days')}
          />
        </Group>
        <ScopesPicker
          value={form.values.scopes}
          own={me?.scopes ?? []}
          error={typeof form.errors.scopes === 'string' ? form.errors.scopes : undefined}
          onChange={scopes => form.setFieldValue('scopes', scopes)}
        />
        {fault !== undefined && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Make the token
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
