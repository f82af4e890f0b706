import {
  Alert,
  Button,
  Drawer,
  Group,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import type { SiteView, SiteWrite } from '@portolan/console/contract'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { useChange } from '../../components/use-change.ts'
import { PROTOCOLS, usualPort } from './site-form.ts'

/** Makes a site out of what every site needs; all else is on the page of the site. */
export function AddSite({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Drawer opened={opened} onClose={onClose} title="Add a transfer site" size="md">
      <AddSiteForm onClose={onClose} />
    </Drawer>
  )
}

const FIELDS = ['name', 'protocol', 'host', 'port', 'user', 'secrets.password', 'folder']

interface NewSite {
  name: string
  protocol: SiteView['protocol']
  host: string
  port: number | string
  user: string
  secrets: { password: string }
  folder: string
}

const EMPTY: NewSite = {
  name: '',
  protocol: 'ftps-explicit',
  host: '',
  port: '',
  user: '',
  secrets: { password: '' },
  folder: '',
}

function AddSiteForm({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const [fault, setFault] = useState<string>()
  const form = useForm<NewSite>({ initialValues: EMPTY })
  const add = useChange({
    run: (write: SiteWrite) => api.post<SiteView>('/sites', write),
    done: site => `${site.name} is kept; test the connection next`,
    renews: ['/sites', '/zones'],
    errors: 'self',
    onDone: site => {
      onClose()
      void navigate({ to: `/sites/${encodeURIComponent(site.name)}` })
    },
  })
  const submit = form.onSubmit(({ name, protocol, host, port, user, secrets, folder }) => {
    setFault(undefined)
    const write: SiteWrite = {
      name: name.trim(),
      protocol,
      host: host.trim(),
      folder: folder.trim(),
      ...(port !== '' && { port: Number(port) }),
      ...(user.trim() !== '' && { user: user.trim() }),
      ...(secrets.password !== '' && { secrets }),
    }
    add.mutate(write, { onError: error => setFault(showErrors(form, error, FIELDS)) })
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="By which transfers and logs know it"
          placeholder="acme"
          required
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('name')}
        />
        <Select
          label="Protocol"
          allowDeselect={false}
          data={[...PROTOCOLS]}
          {...form.getInputProps('protocol')}
        />
        <TextInput
          label="Host"
          description="Name or address of the partner’s server"
          placeholder="ftp.example.com"
          required
          spellCheck={false}
          {...form.getInputProps('host')}
        />
        <NumberInput
          label="Port"
          min={1}
          max={65_535}
          allowDecimal={false}
          placeholder={String(usualPort(form.values.protocol))}
          {...form.getInputProps('port')}
        />
        <TextInput
          label="User"
          description="At the partner’s server"
          placeholder="anonymous"
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('user')}
        />
        <PasswordInput
          label="Password"
          description="Encrypted at rest, and never shown again"
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
          {...form.getInputProps('secrets.password')}
        />
        <TextInput
          label="Folder"
          description="Where relative paths of transfers begin at the partner. Empty: where the login leads"
          placeholder="/in"
          spellCheck={false}
          {...form.getInputProps('folder')}
        />
        {fault !== undefined && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add the site
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
