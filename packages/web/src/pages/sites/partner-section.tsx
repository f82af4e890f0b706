import { Autocomplete, Group, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { SiteView } from '@portolan/console/contract'
import { FormSection } from '../../components/form-section.tsx'
import { useGroupNames } from '../users/group-select.tsx'
import { SecretField } from './secret-field.tsx'
import { PROTOCOLS, type SiteForm, usualPort } from './site-form.ts'
import { useUserNames } from './use-names.ts'

export interface SiteSectionProps {
  readonly form: UseFormReturnType<SiteForm>
  readonly disabled: boolean
}

const OWNERS = [
  { value: 'nobody', label: 'the administrators' },
  { value: 'user', label: 'a user' },
  { value: 'group', label: 'a group' },
]

/** Who the partner is, and as whom this server comes. */
export function PartnerSection({ form, site, disabled }: SiteSectionProps & { site: SiteView }) {
  const users = useUserNames()
  const groups = useGroupNames()
  const { owner, protocol } = form.values
  return (
    <FormSection title="Partner" description="The server that is dialled, and the login there.">
      <Switch
        label="Enabled"
        description="Off: transfers that use it fail at once, and say so"
        disabled={disabled}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
      <TextInput
        label="Description"
        maxLength={500}
        disabled={disabled}
        {...form.getInputProps('description')}
      />
      <Select
        label="Protocol"
        description={protocol === 'ftp' ? 'User, password and files can be read on the way' : undefined}
        allowDeselect={false}
        disabled={disabled}
        data={[...PROTOCOLS]}
        {...form.getInputProps('protocol')}
      />
      <Group grow align="start">
        <TextInput
          label="Host"
          required
          spellCheck={false}
          disabled={disabled}
          {...form.getInputProps('host')}
        />
        <NumberInput
          label="Port"
          min={1}
          max={65_535}
          allowDecimal={false}
          disabled={disabled}
          placeholder={`${usualPort(protocol)}, as usual`}
          {...form.getInputProps('port')}
        />
      </Group>
      <TextInput
        label="User"
        description="At the partner’s server"
        autoComplete="off"
        spellCheck={false}
        disabled={disabled}
        {...form.getInputProps('user')}
      />
      <SecretField
        label="Password"
        kept={site.hasPassword}
        secret={form.values.password}
        disabled={disabled}
        error={form.errors['secrets.password']}
        onChange={secret => form.setFieldValue('password', secret)}
      />
      <Group grow align="start">
        <Select
          label="Owner"
          description="To whom it belongs"
          allowDeselect={false}
          disabled={disabled}
          data={OWNERS}
          value={owner.kind}
          error={owner.kind === 'nobody' ? form.errors.owner : undefined}
          onChange={kind => {
            if (kind === 'nobody' || kind === 'user' || kind === 'group')
              form.setFieldValue('owner', { kind, name: '' })
          }}
        />
        {owner.kind !== 'nobody' && (
          <Autocomplete
            label={owner.kind === 'user' ? 'User of this server' : 'Group'}
            description="Its name"
            required
            disabled={disabled}
            data={[...(owner.kind === 'user' ? users : groups)]}
            value={owner.name}
            error={form.errors.owner}
            onChange={name => form.setFieldValue('owner', { kind: owner.kind, name })}
          />
        )}
      </Group>
    </FormSection>
  )
}
