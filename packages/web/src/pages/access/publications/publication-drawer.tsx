import { Input, NumberInput, Select, Stack, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { PublicationView } from '@portolan/console/contract'
import { useId, useState } from 'react'
import { api } from '../../../api/client.ts'
import { EditDrawer } from '../../../components/edit-drawer.tsx'
import { Notice } from '../../../components/notice.tsx'
import { DrawerFoot } from '../shared/drawer-foot.tsx'
import { NameFields } from '../shared/name-fields.tsx'
import { NamesInput } from '../shared/names-input.tsx'
import shared from '../shared/shared.module.css'
import { useAccessNames, useMemberNames } from '../shared/use-access-names.ts'
import { useSaving } from '../shared/use-saving.ts'
import { Warnings } from '../shared/warnings.tsx'
import {
  endOfRange,
  fieldsOfPublication,
  formOfPublication,
  type PublicationForm,
  writeOfPublication,
} from './publication-form.ts'
import { AddressRules, Listeners } from './publication-rows.tsx'
import classes from './publications.module.css'

interface PublicationDrawerProps {
  /** `new` makes one. */
  readonly publication: PublicationView | 'new' | undefined
  readonly readOnly: boolean
  readonly onClose: () => void
}

/** A publication: where an edge listens for a server inside. */
export function PublicationDrawer({ publication, readOnly, onClose }: PublicationDrawerProps) {
  const [newer, setNewer] = useState<PublicationView>()
  const names = { edges: useMemberNames('edge'), serverGroups: useAccessNames('/access/server-groups') }
  const given = publication === 'new' ? undefined : publication
  const view = newer?.name === given?.name ? newer : given
  return (
    <EditDrawer
      opened={publication !== undefined}
      title={given?.name ?? 'Add a publication'}
      what="publication"
      onClose={() => {
        setNewer(undefined)
        onClose()
      }}
    >
      {({ onDirty, onLeave }) => (
        <PublicationEditor
          key={view?.revision ?? 0}
          publication={view}
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

interface PublicationEditorProps {
  readonly publication: PublicationView | undefined
  readonly names: { readonly edges: readonly string[]; readonly serverGroups: readonly string[] }
  readonly readOnly: boolean
  readonly onDirty: () => void
  readonly onLeave: () => void
  readonly onNewer: (publication: PublicationView) => void
}

function PublicationEditor(props: PublicationEditorProps) {
  const { publication: view, names, readOnly: disabled, onDirty, onLeave, onNewer } = props
  const form = useForm<PublicationForm>({
    initialValues: formOfPublication(view, names.serverGroups[0]),
    onValuesChange: onDirty,
  })
  const saved = useSaving<PublicationForm, PublicationView>(form, {
    collection: '/access/publications',
    view,
    write: values => writeOfPublication(values, view),
    fields: fieldsOfPublication,
    done: ({ name }) => `The publication ${name} is saved; edges listen as it says`,
    renews: [],
    onDone: onLeave,
  })
  const reload = async () => {
    if (view) onNewer(await api.get<PublicationView>(`/access/publications/${encodeURIComponent(view.name)}`))
  }
  const { values, errors } = form
  const groups = [...new Set([...names.serverGroups, ...(view ? [view.serverGroup] : [])])]
  return (
    <form onSubmit={saved.submit}>
      <Stack gap="md">
        <Warnings warnings={view?.warnings} />
        <NameFields
          form={form}
          isNew={view === undefined}
          disabled={disabled}
          what="publication"
          namedBy="The log names it"
          off="Off: edges do not listen for it"
        />
        <Title order={3}>At the edge</Title>
        <div className={shared.pair}>
          <NamesInput
            label="Edges"
            description="That listen. Empty: all of them"
            placeholder="all edges"
            names={names.edges}
            disabled={disabled}
            value={values.edges}
            error={errors.edges}
            onChange={edges => form.setFieldValue('edges', edges)}
          />
          <TextInput
            label="Address that is bound"
            description="0.0.0.0 is every address of the edge"
            spellCheck={false}
            disabled={disabled}
            {...form.getInputProps('host')}
          />
        </div>
        <Listeners
          rows={values.listeners}
          errors={errors}
          disabled={disabled}
          onChange={listeners => form.setFieldValue('listeners', listeners)}
        />
        <PassivePorts form={form} disabled={disabled} />
        <AddressRules
          rows={values.addressRules}
          errors={errors}
          disabled={disabled}
          onChange={addressRules => form.setFieldValue('addressRules', addressRules)}
        />
        <Title order={3}>Inside</Title>
        <div className={shared.pair}>
          <TextInput
            label="Server"
            description="As the connector reaches it"
            placeholder="10.0.0.9"
            required
            spellCheck={false}
            disabled={disabled}
            {...form.getInputProps('server')}
          />
          <Select
            label="Server group"
            description="Whose connectors reach it"
            required
            searchable
            allowDeselect={false}
            nothingFoundMessage="There is none; make one under Groups."
            placeholder={groups.length === 0 ? 'none yet' : 'choose one'}
            disabled={disabled}
            data={groups}
            limit={100}
            {...form.getInputProps('serverGroup')}
            value={values.serverGroup || null}
          />
        </div>
        <Notice tone="info" title="What the server inside needs">
          <ul>
            <li>Its passive range begins at the server’s base port and has as many ports.</li>
            <li>
              It trusts the connector as a proxy and takes the PROXY protocol, on its listeners and on its
              passive ports: so it knows the addresses of clients.
            </li>
            <li>TLS ends there, with its own certificate.</li>
          </ul>
        </Notice>
        <DrawerFoot
          state={saved}
          readOnly={disabled}
          verb={view ? 'Save' : 'Add the publication'}
          onLeave={onLeave}
          onReload={() => void reload()}
        />
      </Stack>
    </form>
  )
}

interface PassivePortsProps {
  readonly form: ReturnType<typeof useForm<PublicationForm>>
  readonly disabled: boolean
}

/** Passive ports of the edge and those of the server, with the ends of both as one types. */
function PassivePorts({ form, disabled }: PassivePortsProps) {
  const { basePort, numberOfPorts, serverBasePort } = form.values.passive
  const port = { min: 1, max: 65_535, clampBehavior: 'none', allowDecimal: false, disabled } as const
  return (
    <Input.Wrapper label="Passive ports" labelElement="div" error={form.errors.passive}>
      <div className={classes.ports}>
        <NumberInput label="Base Port" {...port} {...form.getInputProps('passive.basePort')} />
        <NumberInput label="Number Of Ports" {...port} {...form.getInputProps('passive.numberOfPorts')} />
        <PortEnd label="Port End" end={endOfRange(basePort, numberOfPorts)} />
        <NumberInput
          label="Base Port of the server"
          {...port}
          {...form.getInputProps('passive.serverBasePort')}
        />
        <div />
        <PortEnd label="Port End of the server" end={endOfRange(serverBasePort, numberOfPorts)} />
      </div>
    </Input.Wrapper>
  )
}

function PortEnd({ label, end }: { label: string; end: number | undefined }) {
  const id = useId()
  return (
    <Input.Wrapper label={label} labelElement="div" id={id} labelProps={{ id: `${id}-label` }}>
      <output aria-labelledby={`${id}-label`}>{end ?? '–'}</output>
    </Input.Wrapper>
  )
}
