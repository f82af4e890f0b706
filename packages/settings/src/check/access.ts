import type { CheckOptions, Findings } from '../check.ts'
import type { Problem } from '../errors.ts'
import type { Settings } from '../schema.ts'

/** Whether anybody can log in at all, and what wrong passwords cost. */
export function checkAccess(
  { anonymous, users, bans, limits, console }: Settings,
  { withStore = false }: CheckOptions,
): Findings {
  const errors: Problem[] = []
  const warnings: Problem[] = []
  if (anonymous.enabled) {
    if (anonymous.home === undefined) {
      errors.push({ path: 'anonymous.home', message: 'is missing: anonymous users need a folder to see' })
    }
    for (const [index, user] of users.entries()) {
      if (!/^(anonymous|ftp)$/i.test(user.name)) continue
      const message = `${user.name} is the name of anonymous users while anonymous.enabled is true: use another`
      errors.push({ path: `users[${index}].name`, message })
    }
  } else if (!withStore && !users.some(user => user.enabled && user.password !== undefined)) {
    warnings.push({
      path: 'users',
      message: 'nobody can log in: add a user with a password, or anonymous.enabled: true',
    })
  }
  if (bans.delay.first > bans.delay.ceiling) {
    errors.push({ path: 'bans.delay.first', message: 'must not be longer than bans.delay.ceiling' })
  }
  if (console.sessionIdle > console.sessionLifetime) {
    const message = 'has no effect, because it is above console.sessionLifetime'
    warnings.push({ path: 'console.sessionIdle', message })
  }
  if (limits.sessionsPerAddress > limits.sessions) {
    warnings.push({
      path: 'limits.sessionsPerAddress',
      message: 'has no effect, because it is above limits.sessions',
    })
  }
  return { errors, warnings }
}
