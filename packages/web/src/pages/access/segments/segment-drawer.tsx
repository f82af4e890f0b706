import { Button, Input, Select, Stack, Switch, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { SegmentView } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { EditDrawer } from '../../../components/edit-drawer.tsx'
import { Notice } from '../../../components/notice.tsx'
import { Segments } from '../../sites/segments.tsx'
import { DrawerFoot } from '../shared/drawer-foot.tsx'
import { NameFields } from '../shared/name-fields.tsx'
import { NamesInput } from '../shared/names-input.tsx'
import { PortRangesEditor } from '../shared/port-ranges-editor.tsx'
import { PORT_PRESETS, rowsOfPorts } from '../shared/port-rows.ts'
import classes from '../shared/shared.module.css'
import { useAccessNames } from '../shared/use-access-names.ts'
import { useSaving } from '../shared/use-saving.ts'
import { Warnings } from '../shared/warnings.tsx'
import { fieldsOfSegment, formOfSegment, type SegmentForm, writeOfSegment } from './segment-form.ts'
import { adviceOf, BYPASSES, HEALTH_REPORTINGS } from './segment-words.ts'

interface SegmentDrawerProps {
  /** `new` makes one. */
  readonly segment: SegmentView | 'new' | undefined
  readonly readOnly: boolean
  readonly onClose: () => void
}

/** An application segment: what people reach, and how. */
export function SegmentDrawer({ segment, readOnly, onClose }: SegmentDrawerProps) {
  const [newer, setNewer] = useState<SegmentView>()
  const names = {
    segmentGroups: useAccessNames('/access/segment-groups'),
    serverGroups: useAccessNames('/access/server-groups'),
  }
  const given = segment === 'new' ? undefined : segment
  const view = newer?.name === given?.name ? newer : given
  return (
    <EditDrawer
      opened={segment !== undefined}
      title={given?.name ?? 'Add an application segment'}
      what="segment"
      onClose={() => {
        setNewer(undefined)
        onClose()
      }}
    >
      {({ onDirty, onLeave }) => (
        <SegmentEditor
          key={view?.revision ?? 0}
          segment={view}
          names={names}
          readOnly={readOnly}
          onDirty={onDirty}
          onLeave={onLeave}
          onNewer={setNewer}
        />
      )}
    </EditDrawer>
  )
}

interface SegmentEditorProps {
  readonly segment: SegmentView | undefined
  readonly names: { readonly segmentGroups: readonly string[]; readonly serverGroups: readonly string[] }
  readonly readOnly: boolean
  readonly onDirty: () => void
  readonly onLeave: () => void
  readonly onNewer: (segment: SegmentView) => void
}

function SegmentEditor(props: SegmentEditorProps) {
  const { segment, names, readOnly: disabled, onDirty, onLeave, onNewer } = props
  const { segmentGroups, serverGroups } = names
  const form = useForm<SegmentForm>({
    initialValues: formOfSegment(segment, { segmentGroup: segmentGroups[0], serverGroup: serverGroups[0] }),
    onValuesChange: onDirty,
  })
  const saved = useSaving<SegmentForm, SegmentView>(form, {
    collection: '/access/segments',
    view: segment,
    write: values => writeOfSegment(values, segment),
    fields: fieldsOfSegment,
    done: ({ name }) => `The segment ${name} is saved; it holds for connections from now on`,
    renews: ['/access/segment-groups', '/access/server-groups'],
    onDone: onLeave,
  })
  const reload = async () => {
    if (segment) onNewer(await api.get<SegmentView>(`/access/segments/${encodeURIComponent(segment.name)}`))
  }
  const { values, errors } = form
  const advice = adviceOf(values)
  return (
    <form onSubmit={saved.submit}>
      <Stack gap="md">
        <Warnings warnings={segment?.warnings} />
        <NameFields
          form={form}
          isNew={segment === undefined}
          disabled={disabled}
          what="segment"
          namedBy="Rules and the log name it"
          placeholder="warehouse"
          off="Off: connections to it are refused"
        />
        <Title order={3}>Applications</Title>
        <Segments
          label="Protocol"
          options={[
            { value: 'ftp', label: 'FTP' },
            { value: 'other', label: 'Other TCP' },
          ]}
          value={values.protocol}
          disabled={disabled}
          onChange={protocol => form.setFieldValue('protocol', protocol)}
        />
        {values.protocol === 'ftp' && (
          <Switch
            label="FTP inspection"
            description="The connector reads PASV and EPSV replies and opens exactly these ports"
            disabled={disabled}
            checked={values.inspection === 'ftp'}
            error={errors.inspection}
            onChange={event => form.setFieldValue('inspection', event.currentTarget.checked ? 'ftp' : 'off')}
          />
        )}
        <Notice tone="info" title={advice.title}>
          <ul>
            {advice.lines.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Notice>
        <NamesInput
          label="Applications"
          description="IP addresses, networks, names; *.corp.example is every name below"
          placeholder="10.0.0.9 or ftp.corp.example"
          required
          disabled={disabled}
          value={values.applications}
          error={errors.applications}
          onChange={applications => form.setFieldValue('applications', applications)}
        />
        {!disabled && (
          <Input.Wrapper label="Ports that are meant most often" labelElement="div">
            <div className={classes.presets}>
              {PORT_PRESETS.map(preset => (
                <Button
                  key={preset.key}
                  size="xs"
                  variant="default"
                  onClick={() => {
                    form.setFieldValue('ports', rowsOfPorts(preset.ports))
                    if (preset.inspection === 'ftp') form.setFieldValue('protocol', 'ftp')
                    form.setFieldValue('inspection', preset.inspection)
                  }}
                >
                  {preset.label}
                </Button>
              ))}
            </div>
          </Input.Wrapper>
        )}
        <PortRangesEditor
          rows={values.ports}
          errors={errors}
          disabled={disabled}
          onChange={ports => form.setFieldValue('ports', ports)}
        />
        <Title order={3}>Where it belongs</Title>
        <div className={classes.pair}>
          <GroupSelect
            label="Segment group"
            description="Rules may name it"
            names={segmentGroups}
            disabled={disabled}
            {...form.getInputProps('segmentGroup')}
          />
          <GroupSelect
            label="Server group"
            description="From where it is reached"
            names={serverGroups}
            disabled={disabled}
            {...form.getInputProps('serverGroup')}
          />
        </div>
        <Title order={3}>Forwarding and health</Title>
        <Explained
          label="Bypass"
          options={BYPASSES}
          value={values.bypass}
          error={errors.bypass}
          disabled={disabled}
          onChange={bypass => form.setFieldValue('bypass', bypass)}
        />
        <Explained
          label="Health reporting"
          options={HEALTH_REPORTINGS}
          value={values.healthReporting}
          error={errors.healthReporting}
          disabled={disabled}
          onChange={reporting => form.setFieldValue('healthReporting', reporting)}
        />
        <Switch
          label="Double encryption"
          description="TLS from the agent to the connector, inside that to the edge: the edge cannot read what passes"
          disabled={disabled}
          {...form.getInputProps('doubleEncryption', { type: 'checkbox' })}
        />
        <DrawerFoot
          state={saved}
          readOnly={disabled}
          verb={segment ? 'Save' : 'Add the segment'}
          onLeave={onLeave}
          onReload={() => void reload()}
        />
      </Stack>
    </form>
  )
}

interface GroupSelectProps {
  readonly label: string
  readonly description: string
  readonly names: readonly string[]
  readonly disabled: boolean
  readonly value?: unknown
  readonly error?: unknown
  readonly onChange?: (value: string) => void
}

function GroupSelect({ names, value, error, onChange, ...rest }: GroupSelectProps) {
  const held = typeof value === 'string' ? value : ''
  const data = held === '' || names.includes(held) ? names : [held, ...names]
  return (
    <Select
      {...rest}
      required
      searchable
      allowDeselect={false}
      nothingFoundMessage="There is none; make one under Groups."
      placeholder={names.length === 0 ? 'none yet' : 'choose one'}
      data={[...data]}
      limit={100}
      value={held === '' ? null : held}
      error={typeof error === 'string' ? error : undefined}
      onChange={chosen => onChange?.(chosen ?? '')}
    />
  )
}

interface ExplainedProps<Value extends string> {
  readonly label: string
  readonly options: readonly { readonly value: Value; readonly label: string; readonly text: string }[]
  readonly value: Value
  readonly error: unknown
  readonly disabled: boolean
  readonly onChange: (value: Value) => void
}

/** A choice, with what the chosen one means. */
function Explained<Value extends string>(props: ExplainedProps<Value>) {
  const { label, options, value, error, disabled, onChange } = props
  return (
    <div>
      <Select
        label={label}
        allowDeselect={false}
        disabled={disabled}
        data={options.map(option => ({ value: option.value, label: option.label }))}
        value={value}
        error={typeof error === 'string' ? error : undefined}
        onChange={chosen => {
          const found = options.find(option => option.value === chosen)
          if (found) onChange(found.value)
        }}
      />
      <Text size="sm" c="dimmed" mt={4}>
        {options.find(option => option.value === value)?.text}
      </Text>
    </div>
  )
}
