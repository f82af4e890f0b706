import { Alert, Button, Drawer, Group, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ZoneView } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ConfirmModal } from '../../components/confirm.tsx'
import { showErrors } from '../../components/form-errors.ts'
import { Notice } from '../../components/notice.tsx'
import { useChange } from '../../components/use-change.ts'
import { SecretField } from '../sites/secret-field.tsx'
import { formOfZone, usualProxyPort, writeOfZone, ZONE_FIELDS, type ZoneForm } from './zone-form.ts'

interface ZoneDrawerProps {
  /** `new` makes one. */
  readonly zone: ZoneView | 'new' | undefined
  readonly readOnly: boolean
  readonly onClose: () => void
}

/** A network zone: its proxy, and whether it is the default. */
export function ZoneDrawer({ zone, readOnly, onClose }: ZoneDrawerProps) {
  const [dirty, setDirty] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const leave = () => {
    setDirty(false)
    onClose()
  }
  return (
    <>
      <Drawer
        opened={zone !== undefined}
        onClose={() => (dirty ? setLeaving(true) : leave())}
        title={zone === 'new' ? 'Add a network zone' : zone?.name}
        size="md"
      >
        {zone !== undefined && (
          <ZoneEditor
            zone={zone === 'new' ? undefined : zone}
            readOnly={readOnly}
            onDirty={setDirty}
            onClose={leave}
          />
        )}
      </Drawer>
      <ConfirmModal
        opened={leaving}
        title="Close without saving?"
        verb="Close"
        danger
        onClose={() => setLeaving(false)}
        onConfirm={async () => leave()}
      >
        The changes of the zone are lost.
      </ConfirmModal>
    </>
  )
}

interface ZoneEditorProps {
  readonly zone: ZoneView | undefined
  readonly readOnly: boolean
  readonly onDirty: (dirty: boolean) => void
  readonly onClose: () => void
}

function ZoneEditor({ zone, readOnly, onDirty, onClose }: ZoneEditorProps) {
  const [fault, setFault] = useState<string>()
  const form = useForm<ZoneForm>({ initialValues: formOfZone(zone), onValuesChange: () => onDirty(true) })
  const save = useChange({
    run: (values: ZoneForm) => {
      const write = writeOfZone(values, zone)
      return zone
        ? api.put<ZoneView>(`/zones/${encodeURIComponent(zone.name)}`, write)
        : api.post<ZoneView>('/zones', write)
    },
    done: saved => `The zone ${saved.name} is saved; it holds for connections from now on`,
    renews: ['/zones', '/sites'],
    errors: 'self',
    onDone: onClose,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    form.clearErrors()
    save.mutate(values, { onError: error => setFault(showErrors(form, error, ZONE_FIELDS)) })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {zone && zone.warnings.length > 0 && (
          <Notice tone="warn" title="To look after">
            <ul>
              {zone.warnings.map(({ message }) => (
                <li key={message}>{message}</li>
              ))}
            </ul>
          </Notice>
        )}
        <TextInput
          label="Name"
          required
          disabled={readOnly || zone !== undefined}
          description={zone ? 'A zone keeps its name' : 'Sites choose it by its name'}
          placeholder="dmz"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput label="Description" disabled={readOnly} {...form.getInputProps('description')} />
        <Select
          label="Kind of proxy"
          allowDeselect={false}
          disabled={readOnly}
          data={[
            { value: 'socks5', label: 'SOCKS5' },
            { value: 'http', label: 'HTTP CONNECT' },
          ]}
          {...form.getInputProps('proxy.kind')}
          onChange={kind => {
            if (kind !== 'socks5' && kind !== 'http') return
            const { port, kind: before } = form.values.proxy
            form.setFieldValue('proxy.kind', kind)
            if (port === usualProxyPort(before)) form.setFieldValue('proxy.port', usualProxyPort(kind))
          }}
        />
        <Group grow align="start">
          <TextInput
            label="Host"
            required
            spellCheck={false}
            disabled={readOnly}
            {...form.getInputProps('proxy.host')}
          />
          <NumberInput
            label="Port"
            required
            min={1}
            max={65_535}
            allowDecimal={false}
            disabled={readOnly}
            {...form.getInputProps('proxy.port')}
          />
        </Group>
        <TextInput
          label="User"
          description="At the proxy. Empty: no login"
          autoComplete="off"
          spellCheck={false}
          disabled={readOnly}
          {...form.getInputProps('proxy.user')}
        />
        <SecretField
          label="Password"
          description="At the proxy; encrypted at rest"
          kept={zone?.hasPassword ?? false}
          secret={form.values.password}
          disabled={readOnly}
          error={form.errors.password}
          onChange={secret => form.setFieldValue('password', secret)}
        />
        <Switch
          label="Default zone"
          description="Sites that name no zone use it. Active mode does not go with it"
          disabled={readOnly}
          {...form.getInputProps('isDefault', { type: 'checkbox' })}
        />
        {zone && zone.sites.length > 0 && (
          <Notice tone="info">
            Used by {zone.sites.join(', ')}. A change holds for their next connections.
          </Notice>
        )}
        {fault !== undefined && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {readOnly ? 'Close' : 'Cancel'}
          </Button>
          {!readOnly && (
            <Button type="submit" loading={save.isPending}>
              {zone ? 'Save' : 'Add the zone'}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}
