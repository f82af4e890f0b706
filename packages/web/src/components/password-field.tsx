import { PasswordInput, type PasswordInputProps } from '@mantine/core'

/** A password that is known already; a new one is for {@link NewPassword}. Says to a screen reader when it is wrong. */
export function PasswordField(props: PasswordInputProps) {
  return (
    <PasswordInput
      autoComplete="current-password"
      required
      withAsterisk={false}
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
      aria-invalid={props.error ? true : undefined}
      {...props}
    />
  )
}
