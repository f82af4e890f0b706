import { Alert, Button, Group, Modal, NumberInput, Stack, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Certificate } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { useChange } from '../../components/use-change.ts'

interface Values {
  name: string
  names: string[]
  days: number | string
}

/** Makes a certificate that no authority signed. */
export function MakeCertificate({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Make a self-signed certificate">
      <MakeForm onClose={onClose} />
    </Modal>
  )
}

function MakeForm({ onClose }: { onClose: () => void }) {
  const [fault, setFault] = useState<string>()
  const form = useForm<Values>({ initialValues: { name: '', names: [], days: 365 } })
  const make = useChange({
    run: ({ name, names, days }: Values) =>
      api.post<Certificate>('/certificates/self-signed', { name, names, days: Number(days) }),
    done: made => `${made.name} is made; it is not in use until you say so`,
    renews: ['/certificates'],
    errors: 'self',
    onDone: onClose,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    make.mutate(values, { onError: error => setFault(showErrors(form, error, ['name', 'names', 'days'])) })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Alert color="navy">
          Clients warn of it until they are told to trust it. It is good for tests and closed networks.
        </Alert>
        <TextInput
          label="Name"
          description="How it is called here"
          placeholder="internal"
          required
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('name')}
        />
        <TagsInput
          label="DNS names and addresses"
          description="Every name by which clients reach the server"
          placeholder={form.values.names.length === 0 ? 'ftp.example.com' : undefined}
          required
          splitChars={[',', ' ']}
          acceptValueOnBlur
          {...form.getInputProps('names')}
        />
        <NumberInput
          label="Valid for days"
          min={1}
          max={825}
          allowDecimal={false}
          {...form.getInputProps('days')}
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
          <Button type="submit" loading={make.isPending}>
            Make it
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
