import { Program } from '../processes.ts'
import { PORT_FOR_EACH, type ServerKind, type Workshop } from './server.ts'

/** Not a server: bench/load/ceiling.c only pretends, so that the table shows how fast the generator can go. */
export function ceiling(workshop: Workshop): ServerKind {
  return {
    name: 'ceiling',
    label: '(ceiling)',
    role: 'ceiling',
    mlsd: false,
    real: false,
    idleSessions: 0,
    passivePorts: PORT_FOR_EACH,
    note: 'what the generator reaches against a C program that only sends and throws away',
    missing: () => undefined,
    version: async () => '',
    async start({ files, port, certificate }) {
      const pair = certificate === undefined ? [] : [certificate.certificate, certificate.key]
      return Program.start(workshop.ceiling, [String(port), files, ...pair])
    },
  }
}
