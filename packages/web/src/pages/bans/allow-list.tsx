import { Skeleton, TagsInput, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { ErrorView } from '../../components/error-view.tsx'
import { SaveBar } from '../../components/save-bar.tsx'
import { useChange } from '../../components/use-change.ts'

interface Exempt {
  readonly base: number
  readonly networks: readonly string[]
}

/** Addresses and networks that are never banned. */
export function AllowList({ readOnly }: { readOnly: boolean }) {
  const query = useQuery({ queryKey: ['/bans/exempt'], queryFn: () => api.get<Exempt>('/bans/exempt') })
  const [draft, setDraft] = useState<readonly string[]>()
  const save = useChange({
    run: (networks: readonly string[]) =>
      api.put<Exempt>('/bans/exempt', { base: query.data?.base ?? 0, networks }),
    done: 'The allow list is saved and in force',
    renews: ['/bans/exempt', '/settings'],
    errors: 'self',
    onDone: () => setDraft(undefined),
  })
  if (query.error && !query.data)
    return <ErrorView error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Skeleton height={90} maw="46rem" />
  const networks = draft ?? query.data.networks
  const dirty = draft !== undefined && draft.join(' ') !== query.data.networks.join(' ')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(networks)
  }
  return (
    <form onSubmit={submit}>
      <TagsInput
        label="Never banned"
        description="Addresses and networks such as 192.0.2.0/24; your own, and those of whoever watches this server"
        maw="46rem"
        disabled={readOnly}
        splitChars={[',', ' ']}
        acceptValueOnBlur
        placeholder={networks.length === 0 ? 'nobody is exempt' : undefined}
        value={[...networks]}
        error={save.error ? textOf(save.error) : undefined}
        onChange={value => {
          save.reset()
          setDraft(value)
        }}
      />
      <Text size="sm" c="dimmed" mt="xs" maw="46rem">
        Limits still hold for them; only failed logins and bans do not.
      </Text>
      {!readOnly && (
        <SaveBar
          dirty={dirty}
          saving={save.isPending}
          error={save.error ? 'The list was not saved.' : undefined}
          onDiscard={() => {
            save.reset()
            setDraft(undefined)
            void query.refetch()
          }}
        />
      )}
    </form>
  )
}

/** The mistakes of single networks, else the sentence of the whole. */
function textOf(error: Error): string {
  if (!(error instanceof ApiError) || error.errors.length === 0) return error.message
  return error.errors.map(({ message }) => message).join('; ')
}
