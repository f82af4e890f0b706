import { Alert, Button, Drawer, Group, List } from '@mantine/core'
import type { Certificate } from '@portolan/console/contract'
import { api } from '../../api/client.ts'
import { CodeText } from '../../components/code-text.tsx'
import { ConfirmButton } from '../../components/confirm.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Facts } from '../../components/facts.tsx'
import { Status } from '../../components/status.tsx'
import { Time, useNow } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { stateOf } from './certificate-state.ts'

interface CertificateDrawerProps {
  readonly certificate: Certificate | undefined
  readonly may: boolean
  readonly onClose: () => void
}

/** A certificate: what it says, and what can be done with it. */
export function CertificateDrawer({ certificate, may, onClose }: CertificateDrawerProps) {
  return (
    <Drawer opened={certificate !== undefined} onClose={onClose} title={certificate?.name} size="md">
      {certificate && <Details one={certificate} may={may} onClose={onClose} />}
    </Drawer>
  )
}

function Details({ one, may, onClose }: { one: Certificate; may: boolean; onClose: () => void }) {
  const now = useNow(60_000)
  const state = stateOf(one, now)
  const path = `/certificates/${encodeURIComponent(one.name)}`
  const renews = ['/certificates', '/settings', '/overview']
  const use = useChange({
    run: () => api.post(`${path}/use`),
    done: `${one.name} is shown to every connection from now on`,
    renews,
    errors: 'self',
  })
  const useNone = useChange({
    run: () => api.post('/certificates/none/use'),
    done: 'The server is back at its own certificate',
    renews,
    errors: 'self',
  })
  const remove = useChange({
    run: () => api.delete(path),
    done: `${one.name} is deleted`,
    renews,
    errors: 'self',
    onDone: onClose,
  })
  return (
    <>
      {one.problems.length > 0 && (
        <Alert color="orange" title="Before it is used" mb="md">
          <List size="sm">
            {one.problems.map(problem => (
              <List.Item key={problem}>{problem}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Facts
        rows={[
          [
            'State',
            <Status key="s" tone={state.tone}>
              {state.text}
            </Status>,
          ],
          ['Use', one.inUse ? 'in use' : 'kept, not in use'],
          [
            'Names',
            one.names.map(name => (
              <div key={name}>
                <CodeText>{name}</CodeText>
              </div>
            )),
          ],
          ['Subject', one.subject],
          ['Issuer', one.issuer],
          ['Valid from', <Time key="f" at={one.notBefore} />],
          ['Valid to', <Time key="t" at={one.notAfter} />],
          ['Key', one.key],
          [
            'SHA-256',
            <span key="h">
              <CodeText>{one.fingerprint}</CodeText>{' '}
              <CopyButton text={one.fingerprint} what="the fingerprint" />
            </span>,
          ],
        ]}
      />
      {may && one.origin === 'store' && (
        <Group gap="xs" mt="lg">
          {one.inUse ? (
            <ConfirmButton
              key="stop"
              title={`Stop using ${one.name}?`}
              verb="Stop using it"
              onConfirm={() => useNone.mutateAsync()}
              button={ask => (
                <Button variant="default" onClick={ask}>
                  Stop using it
                </Button>
              )}
            >
              New connections see the certificate of the settings file, or the self-signed one of the server.
            </ConfirmButton>
          ) : (
            <ConfirmButton
              key="use"
              title={`Use ${one.name}?`}
              verb="Use it"
              onConfirm={() => use.mutateAsync()}
              button={ask => <Button onClick={ask}>Use it</Button>}
            >
              Every new connection sees it; running sessions go on with the one they have.
            </ConfirmButton>
          )}
          {!one.inUse && (
            <ConfirmButton
              title={`Delete ${one.name}?`}
              verb="Delete"
              danger
              onConfirm={() => remove.mutateAsync()}
              button={ask => (
                <Button variant="outline" color="red" onClick={ask}>
                  Delete
                </Button>
              )}
            >
              The certificate and its key are gone for good.
            </ConfirmButton>
          )}
        </Group>
      )}
    </>
  )
}
