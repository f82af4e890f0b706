import { Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { CodeText } from '../../components/code-text.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { QrCode } from './qr-code.tsx'

interface Begun {
  readonly secret: string
  readonly uri: string
}

/** Shows the secret to the app and asks for its first code. Until then nothing is in force. */
export function TotpSetup({ onCodes }: { onCodes: (codes: readonly string[]) => void }) {
  const client = useQueryClient()
  const [code, setCode] = useState('')
  const { mutate, ...begin } = useMutation({ mutationFn: () => api.post<Begun>('/auth/totp/begin') })
  const confirm = useMutation({
    mutationFn: () => api.post<{ recoveryCodes: string[] }>('/auth/totp/confirm', { code }),
    onSuccess: ({ recoveryCodes }) => {
      onCodes(recoveryCodes)
      void client.invalidateQueries({ queryKey: ['me'] })
    },
  })
  useEffect(() => mutate(), [mutate])
  if (begin.error) return <ErrorView error={begin.error} onRetry={() => mutate()} />
  const own =
    confirm.error instanceof ApiError ? (confirm.error.fields.code ?? confirm.error.message) : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="md">1. Photograph this with your authenticator app.</Text>
        <Group justify="center">
          {begin.data ? <QrCode text={begin.data.uri} /> : <Skeleton width={200} height={200} />}
        </Group>
        <Text size="sm" c="dimmed" component="div">
          Or type the secret: {begin.data && <CodeText>{begin.data.secret}</CodeText>}{' '}
          {begin.data && <CopyButton text={begin.data.secret} what="the secret" />}
        </Text>
        <TextInput
          label="2. Enter the six digits that it shows"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={8}
          value={code}
          error={own}
          onChange={event => setCode(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={confirm.isPending} disabled={code.trim().length < 6}>
            Put it into force
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
