import {
  Alert,
  Button,
  Drawer,
  NumberInput,
  Radio,
  Group as Row,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Group } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ConfirmModal } from '../../components/confirm.tsx'
import { showErrors } from '../../components/form-errors.ts'
import { keyed } from '../../components/keyed.ts'
import { useChange } from '../../components/use-change.ts'
import { FoldersEditor } from '../users/folders-editor.tsx'
import { PermissionRules } from '../users/permission-rules.tsx'
import { fieldsOfRows } from '../users/user-form.ts'
import { formOfGroup, type GroupForm, writeOfGroup } from './group-form.ts'

interface GroupDrawerProps {
  /** `new` makes one. */
  readonly group: Group | 'new' | undefined
  readonly readOnly: boolean
  readonly onClose: () => void
}

/** A group: what its members inherit. */
export function GroupDrawer({ group, readOnly, onClose }: GroupDrawerProps) {
  const [dirty, setDirty] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const leave = () => {
    setDirty(false)
    onClose()
  }
  return (
    <>
      <Drawer
        opened={group !== undefined}
        onClose={() => (dirty ? setLeaving(true) : leave())}
        title={group === 'new' ? 'Add a group' : group?.name}
        size="lg"
      >
        {group !== undefined && (
          <GroupEditor
            group={group === 'new' ? undefined : group}
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
        The changes of the group are lost.
      </ConfirmModal>
    </>
  )
}

interface GroupEditorProps {
  readonly group: Group | undefined
  readonly readOnly: boolean
  readonly onDirty: (dirty: boolean) => void
  readonly onClose: () => void
}

function GroupEditor({ group, readOnly, onDirty, onClose }: GroupEditorProps) {
  const [fault, setFault] = useState<string>()
  const form = useForm<GroupForm>({
    initialValues: formOfGroup(group),
    onValuesChange: () => onDirty(true),
  })
  const save = useChange({
    run: (values: GroupForm) => {
      const write = writeOfGroup(values, group)
      return group
        ? api.put<Group>(`/groups/${encodeURIComponent(group.name)}`, write)
        : api.post<Group>('/groups', write)
    },
    done: saved => `The group ${saved.name} is saved; it holds from the next login on`,
    renews: ['/groups', '/users'],
    errors: 'self',
    onDone: onClose,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    form.clearErrors()
    const fields = ['name', 'quota', 'quota.bytes', 'quota.files', ...fieldsOfRows(values)]
    save.mutate(values, { onError: error => setFault(showErrors(form, error, fields)) })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="lg">
        {readOnly && group?.origin === 'file' && (
          <Alert color="navy">This group is named by the settings file and is changed only there.</Alert>
        )}
        <TextInput
          label="Name"
          required
          disabled={readOnly || group !== undefined}
          description={group ? 'A group keeps its name' : 'Users and user classes go by it'}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Switch
          label="TLS only"
          description="Refuses members on connections that are not encrypted"
          disabled={readOnly}
          {...form.getInputProps('requireTls', { type: 'checkbox' })}
        />
        <section>
          <Title order={3}>Permissions</Title>
          <Text size="sm" c="dimmed" mb="xs">
            What members may do where. A rule of the user for the same folder comes first.
          </Text>
          <Radio.Group
            aria-label="Whether the group has rules"
            mb="sm"
            value={form.values.ownPermissions ? 'own' : 'none'}
            onChange={value => {
              form.setFieldValue('ownPermissions', value === 'own')
              if (value === 'own' && form.values.permissions.length === 0)
                form.setFieldValue('permissions', [keyed({ path: '/', allow: 'readOnly' as const })])
            }}
          >
            <Stack gap={6}>
              <Radio value="none" disabled={readOnly} label="This group says nothing about permissions" />
              <Radio value="own" disabled={readOnly} label="Rules of this group" />
            </Stack>
          </Radio.Group>
          {form.values.ownPermissions && (
            <PermissionRules
              rules={form.values.permissions}
              onChange={rules => form.setFieldValue('permissions', [...rules])}
              errors={form.errors}
              disabled={readOnly}
            />
          )}
        </section>
        <section>
          <Title order={3} mb="xs">
            Folders of this machine that members see
          </Title>
          <FoldersEditor
            folders={form.values.folders}
            onChange={folders => form.setFieldValue('folders', [...folders])}
            errors={form.errors}
            disabled={readOnly}
          />
        </section>
        <section>
          <Title order={3}>Quota</Title>
          <Text size="sm" c="dimmed" mb="xs">
            For each member’s home. The user’s own quota comes first.
          </Text>
          <Row grow align="start">
            <TextInput
              label="Bytes"
              placeholder="10GiB"
              disabled={readOnly}
              {...form.getInputProps('quota.bytes')}
            />
            <NumberInput
              label="Files"
              min={0}
              allowDecimal={false}
              disabled={readOnly}
              {...form.getInputProps('quota.files')}
            />
          </Row>
        </section>
        {fault !== undefined && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Row justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {readOnly ? 'Close' : 'Cancel'}
          </Button>
          {!readOnly && (
            <Button type="submit" loading={save.isPending}>
              {group ? 'Save' : 'Add the group'}
            </Button>
          )}
        </Row>
      </Stack>
    </form>
  )
}
