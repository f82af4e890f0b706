import { ChannelError, checkRanges, PortRange } from '@portolan/channels'
import type { CheckOptions, Findings } from '../check.ts'
import type { Problem } from '../errors.ts'
import type { Settings } from '../schema.ts'
import { duplicates } from './duplicates.ts'

/** Port ranges against each other, against listeners and against the kernel; listeners against each other. */
export function checkPorts(settings: Settings, options: CheckOptions): Findings {
  const services = servicesOf(settings, options)
  const errors: Problem[] = []
  const warnings: Problem[] = []
  const range = (section: 'passive' | 'active', given: { basePort: number; numberOfPorts: number }) => {
    try {
      return PortRange.of(given)
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      errors.push({ path: `${section}.numberOfPorts`, message: error.message })
    }
  }
  const { basePort } = settings.active
  const passive = settings.passive.enabled ? range('passive', settings.passive) : undefined
  const active =
    settings.active.enabled && basePort !== undefined
      ? range('active', { ...settings.active, basePort })
      : undefined

  const taken = [
    ...settings.listeners.map(({ name, port }) => ({ name, port })),
    ...services.map(({ name, port }) => ({ name, port })),
  ]
  const kernel = 'ephemeral' in options ? { ephemeral: options.ephemeral } : {}
  const collect = (path: string, found: ReturnType<typeof checkRanges>) => {
    errors.push(...found.errors.map(because => ({ path, message: because.text })))
    warnings.push(...found.warnings.map(because => ({ path, message: because.text })))
  }
  if (passive) collect('passive.basePort', checkRanges({ passive, listeners: taken, ...kernel }))
  if (active) collect('active.basePort', checkRanges({ active, listeners: taken, ...kernel }))
  if (passive && active)
    collect('active.basePort', checkRanges({ passive, active, listeners: [], ephemeral: undefined }))

  errors.push(...checkListeners(settings.listeners, services))
  if (!settings.passive.enabled && !settings.active.enabled) {
    const message =
      'passive and active mode are both off, so no file could ever be transferred: switch one of them on'
    errors.push({ path: 'passive.enabled', message })
  }
  return { errors, warnings }
}

/** What listens beside FTP. */
interface Service extends Bound {
  readonly name: 'metrics' | 'console' | 'gateway'
}

function servicesOf(settings: Settings, { withStore = false }: CheckOptions): Service[] {
  const { metrics, console, gateway } = settings
  return [
    ...(metrics === undefined ? [] : [{ name: 'metrics' as const, ...metrics }]),
    ...(withStore && console.enabled ? [{ name: 'console' as const, ...console }] : []),
    ...(withStore && gateway.enabled ? [{ name: 'gateway' as const, ...gateway }] : []),
  ]
}

function checkListeners(listeners: Settings['listeners'], services: readonly Service[]): Problem[] {
  const problems: Problem[] = duplicates(listeners.map(listener => listener.name)).map(
    ({ index, first }) => ({
      path: `listeners[${index}].name`,
      message: `is the name of listeners[${first}], too: every listener needs its own`,
    }),
  )
  for (const [index, listener] of listeners.entries()) {
    const rival = listeners.slice(0, index).find(other => collide(listener, other))
    if (rival === undefined) continue
    const message = `port ${listener.port} is taken by the listener ${rival.name} already: use another port or host`
    problems.push({ path: `listeners[${index}].port`, message })
  }
  for (const [index, service] of services.entries()) {
    const path = `${service.name}.port`
    const listener = listeners.find(other => collide(service, other))
    const other = services.slice(0, index).find(one => collide(service, one))
    const rival = listener ? `the listener ${listener.name}` : other?.name
    if (rival === undefined) continue
    problems.push({ path, message: `port ${service.port} is taken by ${rival} already: use another port` })
  }
  return problems
}

interface Bound {
  readonly host: string
  readonly port: number
}

/** Whether the system lets only one of two listeners have its port. Port 0 is any free one. */
function collide(one: Bound, other: Bound): boolean {
  if (one.port !== other.port || one.port === 0) return false
  const isWide = (host: string) => host === '0.0.0.0' || host === '::'
  const family = (host: string) => (host.includes(':') ? 6 : 4)
  return (
    one.host === other.host ||
    ((isWide(one.host) || isWide(other.host)) && family(one.host) === family(other.host))
  )
}
