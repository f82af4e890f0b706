import { Alert, Autocomplete, Button, Paper, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Page, User, UserClass } from '@portolan/console/contract'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { Status } from '../../components/status.tsx'
import { useCan } from '../../shell/me.ts'
import classes from './try-class.module.css'

interface Tried {
  readonly userClass: string
  readonly because: { readonly code: string; readonly text: string }
  readonly groups: readonly string[]
  readonly known: boolean
}

/** Which class a user from an address is of, found by the server's own code; with the draft while there is one. */
export function TryClass({ draft }: { draft: readonly UserClass[] | undefined }) {
  const [user, setUser] = useState('')
  const [address, setAddress] = useState('')
  const [typed] = useDebouncedValue(user, 250)
  const names = useQuery({
    queryKey: ['/users', 'names', typed],
    queryFn: () => api.get<Page<User>>('/users', { search: typed, limit: 8 }),
    enabled: useCan('users:read') && typed !== '',
    placeholderData: keepPreviousData,
  })
  const attempt = useMutation({
    mutationFn: () =>
      api.post<Tried>('/user-classes/try', {
        user,
        address: address.trim(),
        ...(draft && { classes: draft }),
      }),
  })
  const fields = attempt.error instanceof ApiError ? attempt.error.fields : {}
  const elsewhere = attempt.error && fields.user === undefined && fields.address === undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    attempt.mutate()
  }
  return (
    <Paper component="section" p="lg" mt="xl" aria-labelledby="try-class">
      <Title order={2} id="try-class">
        Try it
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        Which class is a session of, and why?{draft && ' With the changes above, though they are not saved.'}
      </Text>
      <form onSubmit={submit} className={classes.form}>
        <Autocomplete
          label="User"
          placeholder="acme-1"
          required
          withAsterisk={false}
          data={names.data?.items.map(({ name }) => name) ?? []}
          value={user}
          error={fields.user}
          onChange={setUser}
        />
        <TextInput
          label="Client address"
          placeholder="198.51.100.7"
          required
          withAsterisk={false}
          spellCheck={false}
          value={address}
          error={fields.address}
          onChange={event => setAddress(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={attempt.isPending} className={classes.button}>
          Try
        </Button>
      </form>
      <div role="status" className={classes.answer}>
        {attempt.data && !attempt.error && (
          <>
            <Text size="lg">
              Class <strong>{attempt.data.userClass}</strong>
            </Text>
            <Text size="md">{attempt.data.because.text}</Text>
            <Text size="sm" c="dimmed" mt={4} component="div">
              {attempt.data.known ? (
                `Groups of the user: ${attempt.data.groups.join(', ') || 'none'}`
              ) : (
                <Status tone="warn">there is no such user; groups are not known</Status>
              )}
            </Text>
          </>
        )}
        {elsewhere && <Alert color="red">{attempt.error?.message}</Alert>}
      </div>
    </Paper>
  )
}
