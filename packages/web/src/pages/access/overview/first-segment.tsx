import { Alert, Anchor, Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Page } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError, api } from '../../../api/client.ts'
import { useChange } from '../../../components/use-change.ts'
import { type FirstSegmentForm, fieldOfFirstSegment, firstSegmentPlan } from './steps.ts'

const FIELDS = ['name', 'server', 'port']

/** The names of a list as they are now. */
const namesOf = async (path: string) =>
  (await api.get<Page<{ readonly name: string }>>(path, { limit: 1 })).items.map(({ name }) => name)

/** Makes a first segment with what it needs: one server, plain FTP, the groups that there are. */
async function make(form: FirstSegmentForm): Promise<void> {
  const [segmentGroups = [], serverGroups = [], connectorGroups = []] = await Promise.all(
    ['/access/segment-groups', '/access/server-groups', '/access/connector-groups'].map(namesOf),
  )
  for (const { path, body } of firstSegmentPlan(form, { segmentGroups, serverGroups, connectorGroups }))
    await api.post(path, body)
}

/** The short way to a first segment. */
export function FirstSegment({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="The first application segment">
      <FirstSegmentEditor onClose={onClose} />
    </Modal>
  )
}

function FirstSegmentEditor({ onClose }: { onClose: () => void }) {
  const [fault, setFault] = useState<string>()
  const form = useForm<FirstSegmentForm>({ initialValues: { name: '', server: '', port: 21 } })
  const save = useChange({
    run: make,
    done: (_, { name }) => `The segment ${name.trim()} is there`,
    renews: [
      '/access/overview',
      '/access/segments',
      '/access/segment-groups',
      '/access/server-groups',
      '/access/connector-groups',
    ],
    errors: 'self',
    onDone: onClose,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    form.clearErrors()
    save.mutate(values, {
      onError: error => {
        const problems = error instanceof ApiError ? error.errors : []
        const placed = problems.map(({ path, message }) => [fieldOfFirstSegment(path), message] as const)
        form.setErrors(Object.fromEntries(placed.filter(([field]) => FIELDS.includes(field))))
        const rest = placed.filter(([field]) => !FIELDS.includes(field)).map(([, message]) => message)
        if (rest.length > 0 || problems.length === 0) setFault(rest.join('; ') || error.message)
      },
    })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Rules and the log name it"
          placeholder="warehouse"
          required
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput
          label="FTP server"
          description="Its address or name, as the connector reaches it"
          placeholder="10.0.0.9 or ftp.corp.example"
          required
          spellCheck={false}
          {...form.getInputProps('server')}
        />
        <NumberInput
          label="Control port"
          required
          min={1}
          max={65_535}
          clampBehavior="none"
          allowDecimal={false}
          {...form.getInputProps('port')}
        />
        <Text size="sm" c="dimmed">
          It is plain FTP with inspection: the connector opens exactly the data ports that the server names.
          For FTPS, several servers or other ports use the{' '}
          <Anchor component={Link} inherit to="/access/segments">
            whole editor
          </Anchor>
          .
        </Text>
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
            Add the segment
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
