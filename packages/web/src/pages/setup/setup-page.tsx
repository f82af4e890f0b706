import { Alert, Anchor, Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Me } from '@portolan/console/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ApiError, api, takeCsrfToken } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { NewPassword } from '../../components/new-password.tsx'
import { PasswordField } from '../../components/password-field.tsx'
import { GateFrame } from '../../shell/gate-frame.tsx'
import { meQuery } from '../../shell/me.ts'
import { tokenOf } from './setup-token.ts'

/** Makes the first administrator with the one-time link that the node printed. */
export default function SetupPage() {
  const router = useRouter()
  const client = useQueryClient()
  const [token] = useState(() => tokenOf(window.location.hash))
  const [fault, setFault] = useState<string>()
  // The token is a secret: it must not stay in the address bar, in the history or in a picture of the screen.
  useEffect(() => {
    if (window.location.hash !== '') window.history.replaceState(window.history.state, '', '/setup')
  }, [])
  const setup = useQuery({
    queryKey: ['/setup'],
    queryFn: () => api.get<{ readonly needed: boolean }>('/setup'),
  })
  const form = useForm({
    initialValues: { name: 'admin', password: '', again: '', token },
    validate: {
      again: (again, { password }) => (again === password ? null : 'is not the same'),
    },
  })
  const make = useMutation({
    mutationFn: (values: { name: string; password: string; token: string }) =>
      api.post<Me>('/setup', {
        token: values.token.trim(),
        name: values.name.trim(),
        password: values.password,
      }),
    onSuccess: async me => {
      client.clear()
      takeCsrfToken(me.csrf)
      client.setQueryData(meQuery.queryKey, me)
      await router.navigate({ to: '/overview', replace: true })
    },
    onError: error => {
      const rest = showErrors(form, error, ['name', 'password', 'token'])
      if (error instanceof ApiError && error.code === 'SETUP_TOKEN')
        form.setFieldError('token', error.message)
      else setFault(rest)
    },
  })
  if (setup.data?.needed === false) {
    return (
      <GateFrame
        title="It is set up already"
        description="There is an administrator. The set-up link has done its work."
      >
        <Button component={Link} to="/sign-in" fullWidth>
          Sign in
        </Button>
      </GateFrame>
    )
  }
  const submit = form.onSubmit(values => {
    setFault(undefined)
    make.mutate(values)
  })
  return (
    <GateFrame
      title="Welcome aboard"
      description="Make the first administrator of this node. Others can be added later, with fewer rights."
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {token === '' && (
            <TextInput
              label="Set-up token"
              description="The end of the link that the node printed when it started"
              required
              autoComplete="off"
              spellCheck={false}
              {...form.getInputProps('token')}
            />
          )}
          <TextInput
            label="Name"
            required
            withAsterisk={false}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            {...form.getInputProps('name')}
          />
          <NewPassword
            label="Password"
            required
            withAsterisk={false}
            autoFocus
            name={form.values.name}
            {...form.getInputProps('password')}
          />
          <PasswordField label="Once more" autoComplete="new-password" {...form.getInputProps('again')} />
          {token !== '' && form.errors.token && (
            <Alert color="red" role="alert">
              {form.errors.token}
            </Alert>
          )}
          {fault !== undefined && (
            <Alert color="red" role="alert">
              {fault}
            </Alert>
          )}
          <Button type="submit" fullWidth loading={make.isPending}>
            Make the administrator
          </Button>
          <Anchor component={Link} to="/sign-in" size="sm" ta="center">
            Sign in instead
          </Anchor>
        </Stack>
      </form>
    </GateFrame>
  )
}
