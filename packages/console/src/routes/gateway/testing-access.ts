import assert from 'node:assert/strict'
import type { StreamReport } from '@portolan/gateway'
import { type Caller, startTestApp, type TestApp, type TestAppOptions } from '../../http/testing-app.ts'
import { gatewayRoutes } from './index.ts'

/** An app with the routes of zero-trust access, and users `alice` (in `finance`) and `bob` of the file. */
export function startAccessApp(options: TestAppOptions = {}): Promise<TestApp> {
  return startTestApp({
    routes: gatewayRoutes,
    settings: {
      groups: [{ name: 'finance' }],
      users: [
        { name: 'alice', home: process.cwd(), groups: ['finance'] },
        { name: 'bob', home: process.cwd() },
      ],
      ...options.settings,
    },
    ...options,
  })
}

/** Settings of a node that is a controller. */
export const GATEWAY_ON = { gateway: { enabled: true, host: '127.0.0.1', port: 0 } } as const

/** A connector group, a server group and a segment group, all of them called `main`. */
export async function makeGroups(admin: Caller): Promise<void> {
  for (const [path, body] of [
    ['connector-groups', {}],
    ['server-groups', { connectorGroups: ['main'] }],
    ['segment-groups', {}],
  ] as const) {
    const { status, text } = await admin.post(`/access/${path}`, { name: 'main', ...body })
    assert.equal(status, 201, text)
  }
}

/** An application segment in those groups. */
export const REPORTS = {
  name: 'Reports',
  applications: ['10.0.0.9'],
  ports: [{ from: 21, to: 21 }],
  inspection: 'ftp',
  segmentGroup: 'main',
  serverGroup: 'main',
} as const

/** A stream of alice to 10.0.0.9, active since 1,000. */
export function streamReport(change: Partial<StreamReport> = {}): StreamReport {
  return {
    SessionID: 's1',
    ConnectionID: 's1',
    ConnectionStatus: 'active',
    InternalReason: '',
    Text: '',
    Role: 'control',
    DoubleEncryption: false,
    Username: 'alice',
    Device: 'laptop',
    Host: '10.0.0.9',
    ServicePort: 21,
    ClientPublicIP: '192.0.2.7',
    ClientPrivateIP: '192.168.1.5',
    ClientZEN: 'edge-1',
    Policy: 'finance',
    Application: 'Reports',
    AppGroup: 'main',
    Connector: 'berlin',
    ConnectorIP: '10.0.0.2',
    ConnectorPort: 40_000,
    ServerIP: '10.0.0.9',
    ServerPort: 21,
    PolicyProcessingTime: 12,
    ConnectorZENSetupTime: 1,
    ConnectionSetupTime: 2,
    ServerSetupTime: 1,
    TimestampConnectionStart: 1_000,
    TimestampConnectionEnd: 0,
    TimestampZENFirstRxClient: 1_001,
    TimestampZENLastRxClient: 1_500,
    TimestampZENFirstTxClient: 1_001,
    TimestampZENLastTxClient: 1_500,
    ZENTotalBytesRxClient: 100,
    ZENTotalBytesTxClient: 300,
    Events: [],
    ...change,
  }
}
