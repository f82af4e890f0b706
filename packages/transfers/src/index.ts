export type { Engine, EngineEvent, EngineOptions, TransferOutlook } from './engine.ts'
export { TransferError, type TransferErrorCode } from './errors.ts'
export * from './model/index.ts'
