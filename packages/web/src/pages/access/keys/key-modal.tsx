import { Alert, Button, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ProvisioningKeyView } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { CommandLine } from '../../../components/command-line.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { showErrors } from '../../../components/form-errors.ts'
import { useChange } from '../../../components/use-change.ts'
import { Segments } from '../../sites/segments.tsx'
import { NamesInput } from '../shared/names-input.tsx'
import classes from '../shared/shared.module.css'
import { useAccessNames } from '../shared/use-access-names.ts'
import { formOfNewKey, KEY_LIVES, type KeyForm, writeOfNewKey } from './key-form.ts'
import { Secret } from './secret.tsx'

/** A key with what is told this once. */
interface MadeKey extends ProvisioningKeyView {
  readonly invitation: string
  readonly command: string
}

interface KeyModalProps {
  /** What the key opens with; undefined: closed. */
  readonly kind: KeyForm['kind'] | undefined
  readonly onClose: () => void
}

/** Makes a provisioning key and shows its invitation once. */
export function KeyModal({ kind, onClose }: KeyModalProps) {
  const groups = useAccessNames('/access/connector-groups')
  const [made, setMade] = useState<MadeKey>()
  const close = () => {
    onClose()
    setMade(undefined)
  }
  return (
    <Modal
      opened={kind !== undefined}
      onClose={close}
      title={made ? `The key ${made.name}` : 'Make a provisioning key'}
      closeOnClickOutside={false}
      size="lg"
    >
      {made ? (
        <Made made={made} onClose={close} />
      ) : (
        kind && <NewKey kind={kind} groups={groups} onMade={setMade} onCancel={close} />
      )}
    </Modal>
  )
}

function Made({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  return (
    <Stack gap="md">
      <Alert color="navy">
        Copy it now: it is shown only this once. It is good for{' '}
        {made.maxUses === 1 ? 'one enrolment' : `${made.maxUses} enrolments`}, and holds what the new{' '}
        {made.kind} needs to know whom it talks to.
      </Alert>
      <div>
        <Text size="sm" fw={600} mb={4}>
          Start the {made.kind} with this
        </Text>
        <CommandLine text={made.command} what="the command" />
      </div>
      <div>
        <Text size="sm" fw={600} mb={4}>
          Or put the invitation into a file of its own
        </Text>
        <Secret text={made.invitation} />
      </div>
      <Group justify="space-between">
        <CopyButton text={made.invitation} what="the invitation" label="Copy the invitation" />
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}

interface NewKeyProps {
  readonly kind: KeyForm['kind']
  readonly groups: readonly string[]
  readonly onMade: (made: MadeKey) => void
  readonly onCancel: () => void
}

const FIELDS = ['name', 'description', 'kind', 'connectorGroup', 'maxUses', 'networks']

function NewKey({ kind, groups, onMade, onCancel }: NewKeyProps) {
  const [fault, setFault] = useState<string>()
  const form = useForm<KeyForm>({ initialValues: formOfNewKey(kind, groups[0]) })
  const make = useChange({
    run: (values: KeyForm) => api.post<MadeKey>('/access/keys', writeOfNewKey(values, Date.now())),
    renews: ['/access/keys'],
    errors: 'self',
    onDone: onMade,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    make.mutate(values, { onError: error => setFault(showErrors(form, error, FIELDS)) })
  })
  const { values, errors } = form
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Segments
          label="For"
          options={[
            { value: 'edge', label: 'Edges' },
            { value: 'connector', label: 'Connectors' },
          ]}
          value={values.kind}
          disabled={false}
          onChange={chosen => form.setFieldValue('kind', chosen)}
        />
        <div className={classes.pair}>
          <TextInput
            label="Name"
            description="Members say with which key they came"
            placeholder={values.kind === 'edge' ? 'edge-berlin' : 'connectors-berlin'}
            required
            data-autofocus
            autoComplete="off"
            {...form.getInputProps('name')}
          />
          {values.kind === 'connector' ? (
            <Select
              label="Connector group"
              description="Of those who enrol with it"
              required
              searchable
              allowDeselect={false}
              nothingFoundMessage="There is none; make one under Groups."
              placeholder={groups.length === 0 ? 'none yet' : 'choose one'}
              data={[...groups]}
              limit={100}
              {...form.getInputProps('connectorGroup')}
              value={values.connectorGroup || null}
            />
          ) : (
            <TextInput
              label="Description"
              description="For whom it is"
              {...form.getInputProps('description')}
            />
          )}
        </div>
        <div className={classes.pair}>
          <NumberInput
            label="Uses"
            description="How many may enrol with it"
            min={1}
            max={10_000}
            allowDecimal={false}
            {...form.getInputProps('maxUses')}
          />
          <Select
            label="Good for"
            description="A key that ends does less harm"
            allowDeselect={false}
            data={[...KEY_LIVES]}
            {...form.getInputProps('days')}
          />
        </div>
        <NamesInput
          label="Networks"
          description="From which it may be used, such as 198.51.100.0/24. Empty: from anywhere"
          placeholder="anywhere"
          value={values.networks}
          error={errors.networks}
          onChange={networks => form.setFieldValue('networks', networks)}
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
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
