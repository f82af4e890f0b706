export { createMetrics, type Metrics, type MetricsServer, serveMetrics } from './metrics/metrics.ts'
export { type FirstUser, type NodeOptions, type RunningNode, startNode } from './node/node.ts'
export { NodeError, type NodeErrorCode } from './node/node-error.ts'
