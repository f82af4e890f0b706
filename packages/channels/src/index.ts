export type * from './data-connection.ts'
export * from './decision.ts'
export * from './errors.ts'
export * from './stream-end.ts'
