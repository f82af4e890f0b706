import { Alert, Button, Drawer, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { AccessPerson } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { ConfirmButton } from '../../../components/confirm.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { showErrors } from '../../../components/form-errors.ts'
import { Status } from '../../../components/status.tsx'
import { TimeAgo, useNow } from '../../../components/time-ago.tsx'
import { useChange } from '../../../components/use-change.ts'
import { useCan } from '../../../shell/me.ts'
import { Secret } from '../keys/secret.tsx'
import classes from './people.module.css'
import { PersonTotp } from './person-totp.tsx'

const DAY_MS = 86_400_000
const LIVES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'Until revoked' },
]

/** What one user signs in with: second factor, and tokens of agents. */
export function PersonDrawer({ person, onClose }: { person: AccessPerson | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={person !== undefined}
      onClose={onClose}
      title={person && `Sign-in of ${person.user}`}
      size="lg"
    >
      {person && (
        <Stack gap="xl" key={person.user}>
          <PersonTotp person={person} />
          <Tokens person={person} />
        </Stack>
      )}
    </Drawer>
  )
}

function Tokens({ person }: { person: AccessPerson }) {
  const can = useCan('access:write')
  const now = useNow(60_000)
  return (
    <section className={classes.section} aria-labelledby="person-tokens">
      <Title order={3} id="person-tokens">
        Tokens of agents
      </Title>
      <Text size="sm" c="dimmed">
        For machines, where nobody types a password: the agent is started with the token instead.
      </Text>
      {person.tokens.length === 0 && <Text size="md">There are none.</Text>}
      {person.tokens.length > 0 && (
        <ul className={classes.tokens}>
          {person.tokens.map(token => (
            <li key={token.id}>
              <strong>{token.name}</strong>
              <span className="dimmed">
                made <TimeAgo at={token.createdAt} /> by {token.createdBy}
              </span>
              {token.expiresAt !== undefined && token.expiresAt <= now ? (
                <Status tone="off">ended</Status>
              ) : (
                <span className="dimmed">
                  ends <TimeAgo at={token.expiresAt} absent="when it is revoked" />
                </span>
              )}
              {can && <Revoke user={person.user} id={token.id} name={token.name} />}
            </li>
          ))}
        </ul>
      )}
      {can && <NewToken user={person.user} />}
    </section>
  )
}

function Revoke({ user, id, name }: { user: string; id: string; name: string }) {
  const revoke = useChange({
    run: () => api.delete(`/access/people/${encodeURIComponent(user)}/tokens/${encodeURIComponent(id)}`),
    done: `The token ${name} of ${user} is revoked`,
    renews: ['/access/people'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Revoke the token ${name}?`}
      verb="Revoke"
      danger
      onConfirm={() => revoke.mutateAsync()}
      button={ask => (
        <Button size="xs" variant="default" onClick={ask} aria-label={`Revoke the token ${name}`}>
          Revoke
        </Button>
      )}
    >
      No agent signs in with it any more. Agents that are signed in stay so until their sign-in ends; revoke
      them under Edges and connectors.
    </ConfirmButton>
  )
}

interface MadeToken {
  readonly id: string
  readonly token: string
}

function NewToken({ user }: { user: string }) {
  const [fault, setFault] = useState<string>()
  const [made, setMade] = useState<MadeToken>()
  const form = useForm({ initialValues: { name: '', days: '90' } })
  const make = useChange({
    run: ({ name, days }: { name: string; days: string }) =>
      api.post<MadeToken>(`/access/people/${encodeURIComponent(user)}/tokens`, {
        name: name.trim(),
        ...(days !== '' && { expiresAt: Date.now() + Number(days) * DAY_MS }),
      }),
    renews: ['/access/people'],
    errors: 'self',
    onDone: token => {
      setMade(token)
      form.reset()
    },
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    make.mutate(values, { onError: error => setFault(showErrors(form, error, ['name'])) })
  })
  return (
    <>
      {made && (
        <Alert color="navy" w="100%">
          <Stack gap="xs">
            <Text size="md">Copy the token now: it is shown only this once.</Text>
            <Secret text={made.token} />
            <div>
              <CopyButton text={made.token} what="the token" label="Copy the token" />
            </div>
          </Stack>
        </Alert>
      )}
      <form onSubmit={submit} className={classes.make} data-error={form.errors.name ? true : undefined}>
        <TextInput
          label="Name of a new token"
          placeholder="build machine"
          required
          withAsterisk={false}
          maxLength={64}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Select label="Good for" allowDeselect={false} data={LIVES} {...form.getInputProps('days')} />
        <Button type="submit" variant="default" loading={make.isPending}>
          Make a token
        </Button>
      </form>
      {fault !== undefined && (
        <Alert color="red" role="alert" w="100%">
          {fault}
        </Alert>
      )}
    </>
  )
}
