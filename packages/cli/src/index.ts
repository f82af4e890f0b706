import { processIo } from './io.ts'
import { main } from './main.ts'

// Whoever reads our output may go away; a server goes on.
process.stdout.on('error', () => {})
process.exit(await main(process.argv.slice(2), processIo()))
