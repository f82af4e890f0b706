import { Anchor, Autocomplete, Select, Switch, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FormSection } from '../../components/form-section.tsx'
import { Notice } from '../../components/notice.tsx'
import { useCan } from '../../shell/me.ts'
import { settingsQuery } from '../ftp-settings/settings-queries.ts'
import { useZones } from '../zones/use-zones.ts'
import { activePortsOf } from './active-ports.ts'
import type { SiteSectionProps } from './partner-section.tsx'

const ADDRESS_RULES = ['control', 'auto', 'server']

/** Which way connections to the partner take: the control connection by a zone, data by passive or active mode. */
export function WaySection({ form, disabled }: SiteSectionProps) {
  const zones = useZones().data?.items ?? []
  const { zone, enableActiveMode: active } = form.values
  const standard = zones.find(one => one.isDefault)
  const used = zone === '' ? standard?.name : zone === 'none' ? undefined : zone
  const names = new Set([...zones.map(({ name }) => name), ...(used === undefined ? [] : [used])])
  return (
    <FormSection
      title="Way"
      description="How connections leave this server, and who dials the data connection."
    >
      <Select
        label="Network zone"
        description="A zone leads through its proxy; none is the direct way"
        allowDeselect={false}
        disabled={disabled}
        data={[
          {
            value: '',
            label: standard
              ? `as is usual: the default zone, ${standard.name}`
              : 'as is usual: none is the default, so direct',
          },
          { value: 'none', label: 'none: direct' },
          ...[...names].map(value => ({ value, label: value })),
        ]}
        {...form.getInputProps('zone')}
      />
      <Switch
        label="Enable Active Connection Mode"
        description="The partner dials this server for each data connection"
        disabled={disabled}
        {...form.getInputProps('enableActiveMode', { type: 'checkbox' })}
      />
      {active && <ActiveMode zone={used} />}
      {!active && (
        <>
          <Autocomplete
            label="Address to dial for data"
            description="control: that of the control connection. server: what the partner says. auto: what the partner says where it can be right. Or an address of its own"
            spellCheck={false}
            disabled={disabled}
            data={ADDRESS_RULES}
            {...form.getInputProps('passive.address')}
          />
          <Switch
            label="EPSV before PASV"
            description="EPSV names a port alone, and suits IPv6 and NAT. Off: PASV only"
            disabled={disabled}
            {...form.getInputProps('passive.epsv', { type: 'checkbox' })}
          />
        </>
      )}
      {active && (
        <TextInput
          label="External address"
          description="Announced to the partner, when this server stands behind NAT. Empty: the local address of the control connection"
          placeholder="203.0.113.7"
          spellCheck={false}
          disabled={disabled}
          {...form.getInputProps('externalAddress')}
        />
      )}
    </FormSection>
  )
}

/** Which ports have to be open for the partner, and what active mode does not go with. */
function ActiveMode({ zone }: { zone: string | undefined }) {
  const mayRead = useCan('settings:read')
  const { data } = useQuery({ ...settingsQuery, enabled: mayRead })
  const ports = activePortsOf(data?.effective)
  return (
    <>
      <Notice tone="info">
        <Text size="md">
          The partner dials the active ports of the{' '}
          <Anchor component={Link} inherit to="/ftp-settings" search={{ field: 'active.basePort' } as never}>
            FTP Settings
          </Anchor>
          {data &&
            (ports ? (
              <>
                : <b>{ports.base}</b> to <b>{ports.end}</b>, and no other
              </>
            ) : (
              ', where no base port is set: any unused port above 1023'
            ))}
          . Firewalls have to let the partner in to them. It needs the network zone <b>none</b>.
        </Text>
      </Notice>
      {zone !== undefined && (
        <Notice tone="bad" role="alert">
          The network zone {zone} leads through a proxy, behind which nobody can dial this server. Choose the
          zone none, or passive mode.
        </Notice>
      )}
    </>
  )
}
