/** A connector in a process of its own, for tests that kill it. Arguments: folder and invitation. */
import { startConnector } from './start-connector.ts'

const [folder = '', invitation = ''] = process.argv.slice(2)
await startConnector({ name: 'test', version: '0', folder, invitation, onEvent() {} })
