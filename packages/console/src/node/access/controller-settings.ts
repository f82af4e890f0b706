import type { ControllerSettings } from '@portolan/gateway'
import type { Settings } from '@portolan/settings'

/** The section `gateway` as its controller takes it. */
export function controllerSettings(section: Settings['gateway']): ControllerSettings {
  const { host, port, publicAddresses, grace, idleTimeout, signInLifetime, certificateLifetime } = section
  const { trustedNetworks } = section
  return {
    host,
    port,
    publicAddresses,
    grace,
    idleTimeout,
    signInLifetime,
    certificateLifetime,
    trustedNetworks,
  }
}
