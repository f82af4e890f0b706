import { Button, Group, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { FormSection } from '../../components/form-section.tsx'
import { Status } from '../../components/status.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { TotpSetup } from './totp-setup.tsx'
import { WithPassword } from './with-password.tsx'

type Doing = 'begin' | 'remove' | 'codes'

const TITLES: Readonly<Record<Doing, string>> = {
  begin: 'Set up the second factor',
  remove: 'Take the second factor away?',
  codes: 'New recovery codes',
}

/** The six digits of an app beside the password (RFC 6238). */
export function SecondFactor({ on, name }: { on: boolean; name: string }) {
  const [opened, { open, close }] = useDisclosure(false)
  const [doing, setDoing] = useState<Doing>('begin')
  const [codes, setCodes] = useState<readonly string[]>()
  const start = (what: Doing) => {
    setDoing(what)
    setCodes(undefined)
    open()
  }
  return (
    <FormSection
      title="Second factor"
      description="Six digits of an app on your phone, beside the password. Who learns the password alone cannot sign in."
    >
      <Group>
        <Status tone={on ? 'good' : 'warn'}>{on ? 'In force' : 'Not set up'}</Status>
      </Group>
      <Group gap="xs">
        {on ? (
          <>
            <Button variant="default" onClick={() => start('codes')}>
              New recovery codes
            </Button>
            <Button variant="subtle" color="red" onClick={() => start('remove')}>
              Take it away
            </Button>
          </>
        ) : (
          <Button onClick={() => start('begin')}>Set it up</Button>
        )}
      </Group>
      <Modal
        opened={opened}
        onClose={close}
        title={codes ? 'Recovery codes' : TITLES[doing]}
        closeOnClickOutside={codes === undefined}
      >
        {codes ? (
          <RecoveryCodes codes={codes} name={name} onClose={close} />
        ) : doing === 'begin' ? (
          <TotpSetup onCodes={setCodes} />
        ) : doing === 'codes' ? (
          <WithPassword
            path="/auth/totp/recovery-codes"
            verb="Make new codes"
            onDone={answer => setCodes(answer?.recoveryCodes ?? [])}
            onCancel={close}
          >
            <Text size="md">The codes you have are worth nothing from then on.</Text>
          </WithPassword>
        ) : (
          <WithPassword
            path="/auth/totp"
            method="delete"
            verb="Take it away"
            danger
            done="The second factor is taken away"
            onDone={close}
            onCancel={close}
          >
            <Text size="md">
              From then on the password alone is enough, and the recovery codes are worth nothing.
            </Text>
          </WithPassword>
        )}
      </Modal>
    </FormSection>
  )
}
