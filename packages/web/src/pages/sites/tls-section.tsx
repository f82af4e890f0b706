import { Switch, Text, Textarea, TextInput } from '@mantine/core'
import type { SiteView } from '@portolan/console/contract'
import { FormSection } from '../../components/form-section.tsx'
import { Notice } from '../../components/notice.tsx'
import type { SiteSectionProps } from './partner-section.tsx'
import { SecretField } from './secret-field.tsx'
import { Segments } from './segments.tsx'

const DATA = [
  { value: 'private', label: 'Under TLS (PROT P)' },
  { value: 'clear', label: 'In the clear (PROT C)' },
] as const
const MONOSPACE = { input: { fontFamily: 'var(--mantine-font-family-monospace)' } }

/** What is checked of the partner's certificate, and what this server shows in turn. */
export function TlsSection({ form, site, disabled }: SiteSectionProps & { site: SiteView }) {
  const { protocol, tls } = form.values
  if (protocol === 'ftp') {
    return (
      <FormSection title="TLS">
        <Text size="sm" c="dimmed">
          The protocol FTP has none. What is set here comes back with FTPS.
        </Text>
      </FormSection>
    )
  }
  const pem = (name: 'tls.ca' | 'tls.certificate') => ({
    autosize: true,
    minRows: 3,
    maxRows: 8,
    spellCheck: false,
    placeholder: '-----BEGIN CERTIFICATE-----',
    styles: MONOSPACE,
    disabled,
    ...form.getInputProps(name),
  })
  return (
    <FormSection title="TLS" description="How sure this server is that the partner is the partner.">
      <Switch
        label="Verify the partner’s certificate"
        description="It has to be of an authority that is trusted, and for this name"
        disabled={disabled}
        {...form.getInputProps('tls.verify', { type: 'checkbox' })}
      />
      {!tls.verify && tls.pinned.trim() === '' && (
        <Notice tone="warn">
          Any certificate is taken: whoever stands in between can read and change all.
        </Notice>
      )}
      <TextInput
        label="Pinned certificate"
        description="SHA-256 fingerprint of the one certificate that is taken. Empty: none is pinned"
        spellCheck={false}
        styles={MONOSPACE}
        disabled={disabled}
        {...form.getInputProps('tls.pinned')}
      />
      <Textarea
        label="Authorities"
        description="PEM of authorities that are trusted beside those of the system"
        {...pem('tls.ca')}
      />
      <TextInput
        label="Name in the certificate"
        description="When it is another one than the host. Empty: the host"
        spellCheck={false}
        placeholder={form.values.host}
        disabled={disabled}
        {...form.getInputProps('tls.servername')}
      />
      <Textarea
        label="Client certificate"
        description="PEM that this server shows, when the partner asks for one; with its chain"
        {...pem('tls.certificate')}
      />
      <SecretField
        label="Key of the client certificate"
        description="PEM, without a passphrase; encrypted at rest"
        long
        kept={site.hasKey}
        secret={form.values.key}
        disabled={disabled}
        error={form.errors['secrets.key']}
        onChange={secret => form.setFieldValue('key', secret)}
      />
      <Segments
        label="Data connections"
        disabled={disabled}
        options={DATA}
        value={tls.data}
        onChange={data => form.setFieldValue('tls.data', data)}
      />
    </FormSection>
  )
}
