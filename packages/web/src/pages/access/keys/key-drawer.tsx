import { Alert, Button, Group, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ProvisioningKeyView } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { EditDrawer } from '../../../components/edit-drawer.tsx'
import { Facts } from '../../../components/facts.tsx'
import { showErrors } from '../../../components/form-errors.ts'
import { TimeAgo } from '../../../components/time-ago.tsx'
import { useChange } from '../../../components/use-change.ts'
import { countText } from '../../../format/format.ts'
import { NamesInput } from '../shared/names-input.tsx'
import { formOfKey, KEY_LIVES, type KeyChangeForm, writeOfKey } from './key-form.ts'

interface KeyDrawerProps {
  /** `provisioning` in full, since `key` is React's own. */
  readonly provisioning: ProvisioningKeyView | undefined
  readonly readOnly: boolean
  readonly onClose: () => void
}

/** A provisioning key: what of it can be changed. Its secret is not kept. */
export function KeyDrawer({ provisioning, readOnly, onClose }: KeyDrawerProps) {
  return (
    <EditDrawer
      opened={provisioning !== undefined}
      title={provisioning && `Provisioning key ${provisioning.name}`}
      what="key"
      size="md"
      onClose={onClose}
    >
      {editing => provisioning && <KeyEditor provisioning={provisioning} readOnly={readOnly} {...editing} />}
    </EditDrawer>
  )
}

interface KeyEditorProps {
  readonly provisioning: ProvisioningKeyView
  readonly readOnly: boolean
  readonly onDirty: () => void
  readonly onLeave: () => void
}

function KeyEditor({ provisioning: one, readOnly: disabled, onDirty, onLeave }: KeyEditorProps) {
  const [fault, setFault] = useState<string>()
  const form = useForm<KeyChangeForm>({ initialValues: formOfKey(one), onValuesChange: onDirty })
  const save = useChange({
    run: (values: KeyChangeForm) =>
      api.put(`/access/keys/${encodeURIComponent(one.name)}`, writeOfKey(values, one, Date.now())),
    done: `The key ${one.name} is saved`,
    renews: ['/access/keys'],
    errors: 'self',
    onDone: onLeave,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    save.mutate(values, {
      onError: error => setFault(showErrors(form, error, ['description', 'enabled', 'networks'])),
    })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Facts
          rows={[
            ['For', one.kind === 'edge' ? 'edges' : 'connectors'],
            ['Connector group', one.connectorGroup],
            ['Used', `${countText(one.uses)} of ${countText(one.maxUses)} times`],
            [
              'Made',
              <span key="m">
                <TimeAgo at={one.createdAt} /> by {one.createdBy}
              </span>,
            ],
            ['Ends', <TimeAgo key="e" at={one.expiresAt} absent="when it is used up" />],
          ]}
        />
        <TextInput label="Description" disabled={disabled} {...form.getInputProps('description')} />
        <Switch
          label="Enabled"
          description="Off: nobody enrols with it. Who has enrolled stays"
          disabled={disabled}
          {...form.getInputProps('enabled', { type: 'checkbox' })}
        />
        {!disabled && (
          <Select
            label="Good for"
            description="Counted from now"
            allowDeselect={false}
            data={[{ value: 'stay', label: 'As it is' }, ...KEY_LIVES]}
            {...form.getInputProps('days')}
          />
        )}
        <NamesInput
          label="Networks"
          description="From which it may be used. Empty: from anywhere"
          placeholder="anywhere"
          disabled={disabled}
          value={form.values.networks}
          error={form.errors.networks}
          onChange={networks => form.setFieldValue('networks', networks)}
        />
        {fault !== undefined && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onLeave}>
            {disabled ? 'Close' : 'Cancel'}
          </Button>
          {!disabled && (
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}
