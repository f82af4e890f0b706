import { Paper, Text, Title } from '@mantine/core'
import type { Overview } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { CommandLine } from '../../components/command-line.tsx'
import { doctorLine } from '../overview/first-steps.ts'
import classes from './diagnosis.module.css'

/** What this page cannot see: the way to the server. The doctor looks from where the clients are. */
export function FromOutside() {
  const { data } = useQuery({ queryKey: ['/overview'], queryFn: () => api.get<Overview>('/overview') })
  const listener = data?.listeners[0]
  if (!listener) return null
  return (
    <Paper component="section" className={classes.outside} aria-labelledby="outside-title">
      <Title order={2} id="outside-title">
        Look from outside
      </Title>
      <Text size="md">
        This page knows what the server saw. What a firewall swallowed it cannot see: run the doctor where the
        clients are. It tries every way of opening a data connection and says which one breaks, and where.
      </Text>
      <CommandLine text={doctorLine(listener, window.location.hostname)} what="the command" />
      {isLoopback(window.location.hostname) && (
        <Text size="sm" c="dimmed">
          Put the address by which clients reach this server in place of {window.location.hostname}.
        </Text>
      )}
    </Paper>
  )
}

const isLoopback = (host: string) => /^(localhost|127\.|\[?::1)/.test(host)
