import { notifications } from '@mantine/notifications'
import { ApiError } from '../api/client.ts'

const CLOSE = { closeButtonProps: { 'aria-label': 'Close' } }

/** Tells that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4000, role: 'status', ...CLOSE })
}

/** Tells what went wrong, in the server's words. */
export function notifyError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const title = error instanceof ApiError ? error.code : undefined
  notifications.show({ title, message, color: 'red', autoClose: 12_000, role: 'alert', ...CLOSE })
}
