import { Menu, Text, UnstyledButton, useMantineColorScheme, VisuallyHidden } from '@mantine/core'
import { IconChevronDown, IconKeyboard, IconLogout, IconUser } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { notifyError } from '../components/notify.ts'
import { useMe } from './me.ts'
import { openShortcuts } from './shortcuts.tsx'
import classes from './user-menu.module.css'

/** Who is signed in: account, colours, the way out. */
export function UserMenu() {
  const me = useMe()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = async () => {
    await api.post('/auth/logout')
    // What is still shown would ask again for what is forgotten.
    await navigate({ to: '/sign-in' })
    client.clear()
  }
  return (
    <Menu width={230} keepMounted={false}>
      <Menu.Target>
        <UnstyledButton className={classes.target}>
          <span className={classes.letter} aria-hidden>
            {(me?.name ?? '?').slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.name}>{me?.name}</span>
          <VisuallyHidden>: account and colours</VisuallyHidden>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me?.name}
          {me?.role ? `, ${me.role}` : ''}
        </Menu.Label>
        {me?.kind === 'administrator' && (
          <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} aria-hidden />}>
            My account
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconKeyboard size={16} aria-hidden />}
          onClick={openShortcuts}
          rightSection={
            <Text size="xs" c="dimmed">
              ?
            </Text>
          }
        >
          Keyboard
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Colours</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={value => setColorScheme(value as typeof colorScheme)}>
          <Menu.RadioItem value="auto">As the system</Menu.RadioItem>
          <Menu.RadioItem value="light">Light</Menu.RadioItem>
          <Menu.RadioItem value="dark">Dark</Menu.RadioItem>
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => void signOut().catch(notifyError)}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
