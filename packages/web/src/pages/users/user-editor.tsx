import { NumberInput, Radio, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { User } from '@portolan/console/contract'
import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { FormSection } from '../../components/form-section.tsx'
import { keyed } from '../../components/keyed.ts'
import { SaveBar } from '../../components/save-bar.tsx'
import { useChange } from '../../components/use-change.ts'
import { useCan } from '../../shell/me.ts'
import { FoldersEditor } from './folders-editor.tsx'
import { GroupSelect } from './group-select.tsx'
import { PasswordSection } from './password-section.tsx'
import { PermissionRules } from './permission-rules.tsx'
import { fieldsOfUser, formOfUser, type UserForm, writeOfUser } from './user-form.ts'

/** The form of a user. What is saved is the whole user, and only if nobody else has changed it meanwhile. */
export function UserEditor({ user, path }: { user: User; path: string }) {
  const may = useCan('users:write')
  const disabled = user.origin === 'file' || !may
  const [fault, setFault] = useState<string>()
  const [base, setBase] = useState(user)
  const form = useForm<UserForm>({ initialValues: formOfUser(user) })
  const take = (newer: User) => {
    const values = formOfUser(newer)
    setBase(newer)
    setFault(undefined)
    form.setInitialValues(values)
    form.setValues(values)
    form.clearErrors()
  }
  const dirty = form.isDirty()
  const isNewer = user.revision > base.revision
  useEffect(() => {
    if (isNewer && !dirty) take(user)
  })
  const save = useChange({
    run: (values: UserForm) => api.put<User>(path, writeOfUser(values, base)),
    onDone: take,
    done: `${user.name} is saved; it holds from the next login on`,
    renews: ['/users', '/groups'],
    errors: 'self',
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    form.clearErrors()
    save.mutate(values, { onError: error => setFault(showErrors(form, error, fieldsOfUser(values))) })
  })
  const text = (name: keyof UserForm & string) => ({ ...form.getInputProps(name), disabled })
  return (
    <form onSubmit={submit}>
      <FormSection title="General" description="The account, and where its files are.">
        <Switch
          label="Enabled"
          description="Off: every login is refused"
          disabled={disabled}
          {...form.getInputProps('enabled', { type: 'checkbox' })}
        />
        <TextInput
          label="Home folder"
          description="Folder of this machine that the user sees as /"
          spellCheck={false}
          {...text('home')}
        />
        <GroupSelect description="User classes, permissions and folders go by them" {...text('groups')} />
      </FormSection>
      <PasswordSection user={user} path={path} disabled={disabled} />
      <FormSection
        title="Permissions"
        description="What is allowed where. Of all rules that match, the one with the deepest folder decides alone."
      >
        <Radio.Group
          aria-label="Whose rules hold"
          value={form.values.ownPermissions ? 'own' : 'groups'}
          onChange={value => {
            form.setFieldValue('ownPermissions', value === 'own')
            if (value === 'own' && form.values.permissions.length === 0)
              form.setFieldValue('permissions', [keyed({ path: '/', allow: 'all' as const })])
          }}
        >
          <Stack gap={6}>
            <Radio
              value="groups"
              disabled={disabled}
              label="As the groups say; without groups everything is allowed"
            />
            <Radio value="own" disabled={disabled} label="Rules of this user, before those of the groups" />
          </Stack>
        </Radio.Group>
        {form.values.ownPermissions && (
          <PermissionRules
            rules={form.values.permissions}
            onChange={rules => form.setFieldValue('permissions', [...rules])}
            errors={form.errors}
            disabled={disabled}
          />
        )}
      </FormSection>
      <FormSection
        title="Folders"
        description="Virtual folders: folders of this machine that show up in the user’s tree."
      >
        <FoldersEditor
          folders={form.values.folders}
          onChange={folders => form.setFieldValue('folders', [...folders])}
          errors={form.errors}
          disabled={disabled}
        />
      </FormSection>
      <FormSection title="Limits and rates" description="An empty field is no limit of its own.">
        <NumberInput
          label="Sessions at once"
          description="0: no limit. Empty: as the settings say for every user"
          min={0}
          max={1_000_000}
          allowDecimal={false}
          {...text('maxSessions')}
        />
        <TextInput
          label="Upload rate"
          description="All uploads of the user together"
          placeholder="5MiB/s"
          {...text('uploadRate')}
        />
        <TextInput
          label="Download rate"
          description="All downloads of the user together"
          placeholder="5MiB/s"
          {...text('downloadRate')}
        />
        <TextInput
          label="Quota"
          description="What the files in the home may take together; uploads beyond it get 552"
          placeholder="10GiB"
          {...form.getInputProps('quota.bytes')}
          disabled={disabled}
        />
        <NumberInput
          label="Number of files"
          min={0}
          allowDecimal={false}
          thousandSeparator=","
          {...form.getInputProps('quota.files')}
          disabled={disabled}
        />
        <TextInput
          label="Idle timeout"
          description="A session ends after so long without a command. Empty: as the settings say"
          placeholder="5m"
          {...text('idleTimeout')}
        />
      </FormSection>
      <FormSection title="Networks and expiry" description="From where and until when the user may log in.">
        <TagsInput
          label="Networks"
          description="Addresses and networks such as 203.0.113.0/24. Empty: from anywhere"
          placeholder={form.values.networks.length === 0 ? 'from anywhere' : undefined}
          splitChars={[',', ' ']}
          acceptValueOnBlur
          {...text('networks')}
        />
        <TextInput
          label="Expires"
          description="A day, to its end in UTC, or a time such as 2027-12-31T12:00:00Z. Empty: never"
          placeholder="2027-12-31"
          {...text('expires')}
        />
        <Switch
          label="TLS only"
          description="Refuses this user on connections that are not encrypted"
          disabled={disabled}
          {...form.getInputProps('requireTls', { type: 'checkbox' })}
        />
      </FormSection>
      {!disabled && (
        <SaveBar
          dirty={dirty}
          saving={save.isPending}
          error={
            fault ??
            (Object.keys(form.errors).length > 0 ? 'Some fields need another look.' : undefined) ??
            (isNewer && dirty
              ? `${user.changedBy ?? 'Somebody'} has changed this user meanwhile. Discard to see it; saving would be refused.`
              : undefined)
          }
          onDiscard={() => take(user)}
        />
      )}
    </form>
  )
}
