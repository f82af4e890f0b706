import type { AuditRow, IncidentRow, TransferRow } from '../store.ts'
import type { NewRun, RunFile } from '../store-runs.ts'

/** A row of the transfers log with something in every field. */
export function transfer(change: Partial<Omit<TransferRow, 'id'>> = {}): Omit<TransferRow, 'id'> {
  return {
    at: 1_700_000_000_000,
    node: 'node-1',
    session: 's1',
    user: 'alice',
    address: '192.0.2.1',
    command: 'RETR',
    path: '/reports/June.pdf',
    direction: 'download',
    mode: 'passive',
    local: '192.0.2.100:61000',
    remote: '192.0.2.1:50000',
    because: 'the address rule 1',
    tls: 'TLSv1.3',
    bytes: 12_345_678_901,
    ms: 1_500,
    verdict: 'complete',
    reply: 226,
    text: 'Transfer complete',
    ...change,
  }
}

export function incident(change: Partial<Omit<IncidentRow, 'id'>> = {}): Omit<IncidentRow, 'id'> {
  return {
    at: 1_700_000_000_000,
    node: 'node-1',
    kind: 'data-failed',
    code: 'CHANNEL_TIMEOUT',
    text: 'nobody came to port 61000',
    session: 's1',
    user: 'alice',
    address: '192.0.2.1',
    detail: { port: 61_000, mode: 'passive' },
    ...change,
  }
}

export function auditEntry(change: Partial<Omit<AuditRow, 'id'>> = {}): Omit<AuditRow, 'id'> {
  return {
    at: 1_700_000_000_000,
    node: 'node-1',
    actor: 'root',
    address: '127.0.0.1',
    action: 'user.create',
    target: 'alice',
    before: null,
    after: { home: '/h' },
    outcome: 'done',
    text: '',
    ...change,
  }
}

/** A run of the transfer `t` over the site `a`, due at 100. */
export function newRun(change: Partial<NewRun> = {}): NewRun {
  return {
    transfer: 't',
    sites: ['a'],
    cause: {
      kind: 'arrival',
      text: 'alice has uploaded /in/a.csv',
      properties: { 'file.path': '/in/a.csv' },
    },
    definition: { name: 't', steps: [{ do: 'upload', site: 'a' }] },
    dueAt: 100,
    ...change,
  }
}

/** A file of a run with something in every field. */
export function runFile(change: Partial<RunFile> = {}): RunFile {
  return {
    key: '/in/a.csv',
    source: '/in/a.csv',
    target: '/partner/a.csv',
    temporary: '/partner/.a.csv.part',
    state: 'moving',
    bytes: 2 ** 40,
    size: 2 ** 41,
    version: '2199023255552 1700000000',
    checksum: 'sha256 00',
    mode: 'passive',
    local: '192.0.2.100:50000',
    remote: '192.0.2.1:61000',
    because: 'the zone none',
    attempts: 2,
    error: 'ä\0',
    ...change,
  }
}
