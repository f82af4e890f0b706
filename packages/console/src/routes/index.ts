import type { Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { accountRoutes } from './account.ts'
import { addressRulesRoutes } from './address-rules.ts'
import { administratorsRoutes } from './administrators.ts'
import { auditRoutes } from './audit.ts'
import { authRoutes } from './auth.ts'
import { bansRoutes } from './bans.ts'
import { bansExemptRoutes } from './bans-exempt.ts'
import { certificatesRoutes } from './certificates.ts'
import { comingRoutes } from './coming.ts'
import { dataConnectionsRoutes } from './data-connections.ts'
import { diagnosisRoutes } from './diagnosis.ts'
import { fileRoutes } from './files.ts'
import { gatewayRoutes } from './gateway/index.ts'
import { groupsRoutes } from './groups.ts'
import { healthRoutes } from './health.ts'
import { liveRoutes } from './live.ts'
import { logsRoutes } from './logs.ts'
import { metricsRoutes } from './metrics.ts'
import { openapiRoutes } from './openapi.ts'
import { overviewRoutes } from './overview.ts'
import { portAdviceRoutes } from './port-advice.ts'
import { portsRoutes } from './ports.ts'
import { runsRoutes } from './runs.ts'
import { sessionsRoutes } from './sessions.ts'
import { settingsRoutes } from './settings.ts'
import { setupRoutes } from './setup.ts'
import { siteTransfersRoutes } from './site-transfers.ts'
import { sitesRoutes } from './sites.ts'
import { tokensRoutes } from './tokens.ts'
import { userClassesRoutes } from './user-classes.ts'
import { usersRoutes } from './users.ts'
import { virtualFoldersRoutes } from './virtual-folders.ts'
import { zonesRoutes } from './zones.ts'

/** Every route of the API. */
export function allRoutes(services: Services): Route[] {
  const routes: Route[] = [
    ...accountRoutes(services),
    ...addressRulesRoutes(services),
    ...administratorsRoutes(services),
    ...auditRoutes(services),
    ...authRoutes(services),
    ...bansExemptRoutes(services),
    ...bansRoutes(services),
    ...certificatesRoutes(services),
    ...comingRoutes(services),
    ...dataConnectionsRoutes(services),
    ...diagnosisRoutes(services),
    ...fileRoutes(services),
    ...gatewayRoutes(services),
    ...groupsRoutes(services),
    ...healthRoutes(services),
    ...liveRoutes(services),
    ...logsRoutes(services),
    ...metricsRoutes(services),
    ...openapiRoutes(services, () => routes),
    ...overviewRoutes(services),
    ...portAdviceRoutes(services),
    ...portsRoutes(services),
    ...runsRoutes(services),
    ...sessionsRoutes(services),
    ...settingsRoutes(services),
    ...setupRoutes(services),
    ...siteTransfersRoutes(services),
    ...sitesRoutes(services),
    ...tokensRoutes(services),
    ...userClassesRoutes(services),
    ...usersRoutes(services),
    ...virtualFoldersRoutes(services),
    ...zonesRoutes(services),
  ]
  return routes
}
