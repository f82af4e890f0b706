import { NumberInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ConnectorGroupView, SegmentGroupView, ServerGroupView } from '@portolan/console/contract'
import { EditDrawer } from '../../../components/edit-drawer.tsx'
import { DrawerFoot } from '../shared/drawer-foot.tsx'
import { NameFields } from '../shared/name-fields.tsx'
import { NamesInput } from '../shared/names-input.tsx'
import classes from '../shared/shared.module.css'
import { useAccessNames } from '../shared/use-access-names.ts'
import { useSaving } from '../shared/use-saving.ts'
import { Warnings } from '../shared/warnings.tsx'
import {
  type ConnectorGroupForm,
  formOfConnectorGroup,
  formOfSegmentGroup,
  formOfServerGroup,
  isBandwidth,
  type SegmentGroupForm,
  type ServerGroupForm,
  writeOfConnectorGroup,
  writeOfSegmentGroup,
  writeOfServerGroup,
} from './group-forms.ts'

export interface GroupDrawerProps<View> {
  /** `new` makes one. */
  readonly group: View | 'new' | undefined
  readonly readOnly: boolean
  readonly onClose: () => void
}

interface EditorProps<View> {
  readonly view: View | undefined
  readonly readOnly: boolean
  readonly onDirty: () => void
  readonly onLeave: () => void
}

const viewOf = <View,>(group: View | 'new' | undefined): View | undefined =>
  group === 'new' ? undefined : group

/** Segments that rules name together. */
export function SegmentGroupDrawer({ group, readOnly, onClose }: GroupDrawerProps<SegmentGroupView>) {
  const view = viewOf(group)
  return (
    <EditDrawer
      opened={group !== undefined}
      title={view?.name ?? 'Add a segment group'}
      what="group"
      size="md"
      onClose={onClose}
    >
      {editing => <SegmentGroupEditor view={view} readOnly={readOnly} {...editing} />}
    </EditDrawer>
  )
}

function SegmentGroupEditor({ view, readOnly, onDirty, onLeave }: EditorProps<SegmentGroupView>) {
  const form = useForm<SegmentGroupForm>({ initialValues: formOfSegmentGroup(view), onValuesChange: onDirty })
  const saved = useSaving<SegmentGroupForm, SegmentGroupView>(form, {
    collection: '/access/segment-groups',
    view,
    write: values => writeOfSegmentGroup(values, view),
    fields: () => ['name', 'description', 'enabled'],
    done: ({ name }) => `The segment group ${name} is saved`,
    renews: ['/access/segments'],
    onDone: onLeave,
  })
  return (
    <form onSubmit={saved.submit}>
      <Stack gap="md">
        <Warnings warnings={view?.warnings} />
        <NameFields
          form={form}
          isNew={view === undefined}
          disabled={readOnly}
          what="group"
          namedBy="Rules and segments name it"
          off="Off: connections to all its segments are refused"
        />
        <DrawerFoot
          state={saved}
          readOnly={readOnly}
          verb={view ? 'Save' : 'Add the group'}
          onLeave={onLeave}
        />
      </Stack>
    </form>
  )
}

/** From where servers are reached. */
export function ServerGroupDrawer({ group, readOnly, onClose }: GroupDrawerProps<ServerGroupView>) {
  const view = viewOf(group)
  const names = useAccessNames('/access/connector-groups')
  return (
    <EditDrawer
      opened={group !== undefined}
      title={view?.name ?? 'Add a server group'}
      what="group"
      size="md"
      onClose={onClose}
    >
      {editing => <ServerGroupEditor view={view} names={names} readOnly={readOnly} {...editing} />}
    </EditDrawer>
  )
}

function ServerGroupEditor(props: EditorProps<ServerGroupView> & { names: readonly string[] }) {
  const { view, names, readOnly, onDirty, onLeave } = props
  const form = useForm<ServerGroupForm>({
    initialValues: formOfServerGroup(view, names[0]),
    onValuesChange: onDirty,
  })
  const saved = useSaving<ServerGroupForm, ServerGroupView>(form, {
    collection: '/access/server-groups',
    view,
    write: values => writeOfServerGroup(values, view),
    fields: () => ['name', 'description', 'connectorGroups'],
    done: ({ name }) => `The server group ${name} is saved`,
    renews: ['/access/segments', '/access/connector-groups'],
    onDone: onLeave,
  })
  return (
    <form onSubmit={saved.submit}>
      <Stack gap="md">
        <Warnings warnings={view?.warnings} />
        <NameFields
          form={form}
          isNew={view === undefined}
          disabled={readOnly}
          what="group"
          namedBy="Segments and publications name it"
        />
        <NamesInput
          label="Connector groups"
          description="Their connectors reach these servers. Weights say how often each is chosen"
          placeholder="choose one"
          required
          names={names}
          disabled={readOnly}
          value={form.values.connectorGroups}
          error={form.errors.connectorGroups}
          onChange={groups => form.setFieldValue('connectorGroups', groups)}
        />
        <DrawerFoot
          state={saved}
          readOnly={readOnly}
          verb={view ? 'Save' : 'Add the group'}
          onLeave={onLeave}
        />
      </Stack>
    </form>
  )
}

/** Connectors at one place. */
export function ConnectorGroupDrawer({ group, readOnly, onClose }: GroupDrawerProps<ConnectorGroupView>) {
  const view = viewOf(group)
  return (
    <EditDrawer
      opened={group !== undefined}
      title={view?.name ?? 'Add a connector group'}
      what="group"
      size="md"
      onClose={onClose}
    >
      {editing => <ConnectorGroupEditor view={view} readOnly={readOnly} {...editing} />}
    </EditDrawer>
  )
}

function ConnectorGroupEditor({ view, readOnly, onDirty, onLeave }: EditorProps<ConnectorGroupView>) {
  const form = useForm<ConnectorGroupForm>({
    initialValues: formOfConnectorGroup(view),
    validate: { bandwidth: typed => (isBandwidth(typed) ? null : 'must be a rate such as 20MiB/s') },
    onValuesChange: onDirty,
  })
  const saved = useSaving<ConnectorGroupForm, ConnectorGroupView>(form, {
    collection: '/access/connector-groups',
    view,
    write: values => writeOfConnectorGroup(values, view),
    fields: () => ['name', 'description', 'enabled', 'weight', 'maxStreams'],
    done: ({ name }) => `The connector group ${name} is saved`,
    renews: ['/access/server-groups', '/access/members'],
    onDone: onLeave,
  })
  return (
    <form onSubmit={saved.submit}>
      <Stack gap="md">
        <Warnings warnings={view?.warnings} />
        <NameFields
          form={form}
          isNew={view === undefined}
          disabled={readOnly}
          what="group"
          namedBy="Provisioning keys and server groups name it"
          off="Off: its connectors are given no new streams"
        />
        <div className={classes.pair}>
          <NumberInput
            label="Weight"
            description="How often it is chosen beside others; 0: only when no other can"
            min={0}
            max={1_000}
            allowDecimal={false}
            disabled={readOnly}
            {...form.getInputProps('weight')}
          />
          <NumberInput
            label="Streams"
            description="That one connector of it carries at once"
            min={1}
            max={100_000}
            allowDecimal={false}
            disabled={readOnly}
            {...form.getInputProps('maxStreams')}
          />
        </div>
        <TextInput
          label="Bandwidth"
          description="Of one connector, each way. Empty: no bound"
          placeholder="20MiB/s"
          disabled={readOnly}
          {...form.getInputProps('bandwidth')}
        />
        <DrawerFoot
          state={saved}
          readOnly={readOnly}
          verb={view ? 'Save' : 'Add the group'}
          onLeave={onLeave}
        />
      </Stack>
    </form>
  )
}
