import { Button, Group, Modal, Stack, Text, Title } from '@mantine/core'
import type { AccessPerson } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { CodeText } from '../../../components/code-text.tsx'
import { ConfirmButton } from '../../../components/confirm.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { Status } from '../../../components/status.tsx'
import { useChange } from '../../../components/use-change.ts'
import { useCan } from '../../../shell/me.ts'
import { QrCode } from '../../account/qr-code.tsx'
import classes from './people.module.css'

interface MadeSecret {
  readonly secret: string
  readonly uri: string
}

/** The six digits of an app that a user types beside the password (RFC 6238). */
export function PersonTotp({ person: { user, totp } }: { person: AccessPerson }) {
  const can = useCan('access:write')
  const [made, setMade] = useState<MadeSecret>()
  const path = `/access/people/${encodeURIComponent(user)}/totp`
  const make = useChange({
    run: () => api.post<MadeSecret>(path),
    renews: ['/access/people'],
    errors: 'self',
    onDone: setMade,
  })
  const remove = useChange({
    run: () => api.delete(path),
    done: `The second factor of ${user} is taken away`,
    renews: ['/access/people'],
    errors: 'self',
  })
  return (
    <section className={classes.section} aria-labelledby="person-totp">
      <Title order={3} id="person-totp">
        Second factor
      </Title>
      <Status tone={totp ? 'good' : 'warn'}>{totp ? 'in force' : 'not set up'}</Status>
      <Text size="sm" c="dimmed">
        {totp
          ? 'Besides the password the user types six digits of an app. It is in force for signing in from an agent.'
          : 'The password alone is enough. Set it up together with the user, who needs the app at hand.'}
      </Text>
      {can && (
        <Group gap="xs">
          <ConfirmButton
            title={totp ? `A new secret for ${user}?` : `Set up the second factor of ${user}?`}
            verb={totp ? 'Make a new secret' : 'Make the secret'}
            onConfirm={() => make.mutateAsync()}
            button={ask => (
              <Button variant={totp ? 'default' : 'filled'} onClick={ask}>
                {totp ? 'New secret' : 'Set it up'}
              </Button>
            )}
          >
            {totp
              ? 'The app that the user has is worth nothing from then on. The new secret is shown once.'
              : 'It is in force at once, and the secret is shown once: the user takes it into the app now.'}
          </ConfirmButton>
          {totp && (
            <ConfirmButton
              title={`Take the second factor of ${user} away?`}
              verb="Take it away"
              danger
              onConfirm={() => remove.mutateAsync()}
              button={ask => (
                <Button variant="subtle" color="red" onClick={ask}>
                  Take it away
                </Button>
              )}
            >
              From then on the password alone is enough.
            </ConfirmButton>
          )}
        </Group>
      )}
      <Modal
        opened={made !== undefined}
        onClose={() => setMade(undefined)}
        title={`Second factor of ${user}`}
        closeOnClickOutside={false}
      >
        {made && (
          <Stack gap="md">
            <Text size="md">
              {user} photographs this with an authenticator app. It is shown only this once, and in force
              already.
            </Text>
            <Group justify="center">
              <QrCode text={made.uri} />
            </Group>
            <Text size="sm" c="dimmed" component="div">
              Or type the secret: <CodeText>{made.secret}</CodeText>{' '}
              <CopyButton text={made.secret} what="the secret" />
            </Text>
            <Group justify="flex-end">
              <Button onClick={() => setMade(undefined)} data-autofocus>
                It is in the app
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </section>
  )
}
