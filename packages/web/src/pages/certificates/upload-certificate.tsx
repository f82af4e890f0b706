import { Alert, Button, FileButton, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Certificate } from '@portolan/console/contract'
import { IconFileUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { useChange } from '../../components/use-change.ts'

/** The largest file that is read into a field; the API takes no more. */
const MAX_BYTES = 200_000

/** Uploads a certificate with its key, as PEM. */
export function UploadCertificate({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Upload a certificate" size="lg">
      <UploadForm onClose={onClose} />
    </Modal>
  )
}

function UploadForm({ onClose }: { onClose: () => void }) {
  const [fault, setFault] = useState<string>()
  const form = useForm({ initialValues: { name: '', chain: '', key: '' } })
  const upload = useChange({
    run: (body: { name: string; chain: string; key: string }) => api.post<Certificate>('/certificates', body),
    done: kept => `${kept.name} is kept; it is not in use until you say so`,
    renews: ['/certificates'],
    errors: 'self',
    onDone: onClose,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    upload.mutate(values, { onError: error => setFault(showErrors(form, error, ['name', 'chain', 'key'])) })
  })
  const read = (field: 'chain' | 'key') => async (file: File | null) => {
    if (!file) return
    if (file.size > MAX_BYTES)
      return form.setFieldError(field, 'That file is too large to be PEM of a certificate.')
    form.setFieldValue(field, await file.text())
    form.clearFieldError(field)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="How it is called here"
          placeholder="ftp-2027"
          required
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('name')}
        />
        <Pem
          label="Certificate chain"
          description="PEM: the server’s own certificate first, those of the authorities after it"
          placeholder="-----BEGIN CERTIFICATE-----"
          onFile={read('chain')}
          {...form.getInputProps('chain')}
        />
        <Pem
          label="Private key"
          description="PEM, without a passphrase. It is encrypted at rest and never shown again"
          placeholder="-----BEGIN PRIVATE KEY-----"
          onFile={read('key')}
          {...form.getInputProps('key')}
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
          <Button type="submit" loading={upload.isPending}>
            Upload
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface PemProps {
  readonly label: string
  readonly description: string
  readonly placeholder: string
  readonly onFile: (file: File | null) => Promise<void>
}

function Pem({ onFile, ...input }: PemProps) {
  return (
    <div>
      <Textarea
        required
        rows={5}
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        {...input}
      />
      <FileButton onChange={file => void onFile(file)} accept=".pem,.crt,.cer,.key,application/x-pem-file">
        {props => (
          <Button
            {...props}
            size="xs"
            variant="default"
            mt={6}
            leftSection={<IconFileUpload size={15} aria-hidden />}
            aria-label={`${input.label}: from a file`}
          >
            From a file
          </Button>
        )}
      </FileButton>
    </div>
  )
}
