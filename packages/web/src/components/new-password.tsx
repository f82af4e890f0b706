import { Button, Group, PasswordInput, type PasswordInputProps, Progress, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDice5 } from '@tabler/icons-react'
import { makePassword, passwordHint } from '../format/password.ts'
import { CopyButton } from './copy-button.tsx'

interface NewPasswordProps extends Omit<PasswordInputProps, 'value' | 'onChange'> {
  readonly value?: string
  readonly onChange: (value: string) => void
  /** Whose it is: a password that holds the name is weak. */
  readonly name?: string
  /** Characters that the server wants at least. Default 12; an FTP user's may be shorter. */
  readonly atLeast?: number
  /** Offers to make one and to copy it: for passwords that are given to somebody. */
  readonly withMaker?: boolean
}

const COLORS = ['gray', 'red', 'orange', 'teal', 'teal'] as const

/** A field for a new password, with a hint on how good it is. */
export function NewPassword({
  value = '',
  onChange,
  name = '',
  withMaker = false,
  atLeast = 12,
  ...rest
}: NewPasswordProps) {
  const [visible, { toggle, open }] = useDisclosure(false)
  const hint = passwordHint(value, name, atLeast)
  return (
    <Stack gap={6}>
      <PasswordInput
        autoComplete="new-password"
        aria-invalid={rest.error ? true : undefined}
        {...rest}
        value={value}
        visible={visible}
        onVisibilityChange={toggle}
        visibilityToggleButtonProps={{ 'aria-label': visible ? 'Hide the password' : 'Show the password' }}
        onChange={event => onChange(event.currentTarget.value)}
      />
      <Group gap="sm" wrap="nowrap">
        <Progress
          value={hint.score * 25}
          color={COLORS[hint.score]}
          w={72}
          size="sm"
          aria-label="How good the password is"
        />
        <Text size="xs" c="dimmed" role="status">
          {value !== ''
            ? hint.text
            : `${atLeast > 1 ? `At least ${atLeast} characters. ` : ''}Length is what counts.`}
        </Text>
      </Group>
      {withMaker && (
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDice5 size={15} aria-hidden />}
            onClick={() => {
              onChange(makePassword())
              open()
            }}
          >
            Make one
          </Button>
          {value !== '' && <CopyButton text={value} what="the password" />}
        </Group>
      )}
    </Stack>
  )
}
