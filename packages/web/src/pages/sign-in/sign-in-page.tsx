import { Alert, Anchor, Button, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import type { Me } from '@portolan/console/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiError, api, takeCsrfToken } from '../../api/client.ts'
import type { Search } from '../../components/list-state.ts'
import { PasswordField } from '../../components/password-field.tsx'
import { useCountdown } from '../../components/use-countdown.ts'
import { durationText } from '../../format/format.ts'
import { GateFrame } from '../../shell/gate-frame.tsx'
import { homeOf, wayBack } from '../../shell/guard.ts'
import { meQuery } from '../../shell/me.ts'

type Realm = 'administrator' | 'user'

/** Signing in: to the administration, or to the files of an FTP user. */
export default function SignInPage() {
  const search: Search = useSearch({ strict: false })
  const router = useRouter()
  const client = useQueryClient()
  const wait = useCountdown()
  const [realm, setRealm] = useState<Realm>(
    search.realm === 'user' || search.next?.startsWith('/files') ? 'user' : 'administrator',
  )
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [asksCode, setAsksCode] = useState(false)
  const setup = useQuery({
    queryKey: ['/setup'],
    queryFn: () => api.get<{ readonly needed: boolean }>('/setup'),
    retry: false,
  })
  const signIn = useMutation({
    mutationFn: () =>
      api.post<Me>('/auth/login', { realm, name, password, ...(asksCode && code !== '' && { code }) }),
    onSuccess: async me => {
      client.clear()
      takeCsrfToken(me.csrf)
      client.setQueryData(meQuery.queryKey, me)
      await router.navigate({ to: wayBack(search.next, homeOf(me)), replace: true })
    },
    onError: error => {
      if (!(error instanceof ApiError)) return
      if (error.code === 'AUTH_CODE_NEEDED') setAsksCode(true)
      if (error.code === 'AUTH_CODE_WRONG') setCode('')
      if (error.status === 429 && error.retryAfter > 0) wait.start(error.retryAfter)
    },
  })
  const asked = signIn.error instanceof ApiError && signIn.error.code === 'AUTH_CODE_NEEDED'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wait.left === 0) signIn.mutate()
  }
  const other = (value: string) => {
    setRealm(value === 'user' ? 'user' : 'administrator')
    setAsksCode(false)
    setCode('')
    signIn.reset()
  }
  return (
    <GateFrame
      title={asksCode ? 'Second factor' : 'Sign in'}
      description={asksCode ? `${name}, enter the six digits of your app, or a recovery code.` : undefined}
    >
      {setup.data?.needed && (
        <Alert color="navy" mb="md" title="There is no administrator yet">
          Open the set-up link that the node printed when it started. It makes the first one.
        </Alert>
      )}
      <form onSubmit={submit}>
        <Stack gap="md">
          {!asksCode && (
            <>
              <SegmentedControl
                fullWidth
                aria-label="Where to"
                value={realm}
                onChange={other}
                data={[
                  { value: 'administrator', label: 'Administration' },
                  { value: 'user', label: 'My files' },
                ]}
              />
              <TextInput
                label="Name"
                required
                withAsterisk={false}
                autoFocus
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                value={name}
                onChange={event => setName(event.currentTarget.value)}
              />
              <PasswordField
                label="Password"
                value={password}
                onChange={event => setPassword(event.currentTarget.value)}
              />
            </>
          )}
          {asksCode && (
            <TextInput
              label="Code"
              required
              withAsterisk={false}
              autoFocus
              autoComplete="one-time-code"
              inputMode="text"
              spellCheck={false}
              size="md"
              value={code}
              onChange={event => setCode(event.currentTarget.value)}
            />
          )}
          <div role="alert">
            {signIn.error && !asked && (
              <Alert color="red" p="sm">
                {wait.left > 0
                  ? `Too many wrong attempts. The next one may be made in ${durationText(wait.left * 1000)}.`
                  : signIn.error.message}
              </Alert>
            )}
          </div>
          <Button type="submit" fullWidth loading={signIn.isPending} disabled={wait.left > 0}>
            {wait.left > 0 ? `Wait ${durationText(wait.left * 1000)}` : 'Sign in'}
          </Button>
          {asksCode ? (
            <Anchor component="button" type="button" size="sm" onClick={() => other(realm)}>
              Another name or password
            </Anchor>
          ) : (
            <Text size="xs" c="dimmed" ta="center">
              {realm === 'user'
                ? 'With the name and password of your FTP account.'
                : 'For those who run this node.'}
            </Text>
          )}
          {setup.data?.needed && (
            <Anchor component={Link} to="/setup" size="sm" ta="center">
              I have the set-up link
            </Anchor>
          )}
        </Stack>
      </form>
    </GateFrame>
  )
}
