/** The API as types: what the routes check, what OpenAPI shows, what the web console is built on. Nothing here runs on a server. */
export * from './access.ts'
export * from './auth.ts'
export * from './common.ts'
export * from './files.ts'
export * from './operations.ts'
export * from './settings.ts'
export * from './transfers.ts'
export * from './users.ts'
