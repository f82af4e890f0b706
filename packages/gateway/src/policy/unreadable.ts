import { GatewayError } from '../errors.ts'

/**
 * For a configuration that cannot be decided from. What cannot be read is not passed over: it may be the rule that denies, or the
 * segment that hides a wider one.
 */
export const unreadable = (path: string, written: string, message: string) =>
  new GatewayError('GATEWAY_INVALID', `${path} cannot be read: ${JSON.stringify(written)} ${message}.`, {
    problems: [{ path, message }],
  })
