export { createMetrics, type Metrics, type MetricsServer, serveMetrics } from './metrics/metrics.ts'
