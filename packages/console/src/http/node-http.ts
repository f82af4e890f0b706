/**
 * Parts of node:http. An import of it would touch all that it exports, so also its WebSocket, and load a whole HTTP client:
 * 12 MB of memory for nothing.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http')
