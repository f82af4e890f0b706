import type { RunEvent, RunFile, RunRow } from '@portolan/store'
import type { Run, RunEventView, RunFileView } from '../../contract/index.ts'
import { nodeOfEngine } from '../../node/transfers/engine-name.ts'
import { adviceFor } from './advice.ts'

/** A run as the API tells it. */
export function viewOfRun(row: RunRow): Run {
  const { lease, error, cause, definition: _definition, progress: _progress, sites, ...rest } = row
  return {
    ...rest,
    sites: [...sites],
    cause: { kind: cause.kind, text: cause.text },
    ...(lease && { node: nodeOfEngine(lease.node) }),
    ...(error && { error: { ...error, advice: [...adviceFor(error.code)] } }),
  }
}

/** A file of a run as the API tells it; where its bytes are meanwhile is the engine's matter. */
export function viewOfRunFile({ temporary: _temporary, version: _version, ...file }: RunFile): RunFileView {
  return file
}

export function viewOfRunEvent({ id, at, kind, text, detail }: RunEvent): RunEventView {
  return { id, at, kind, text, detail }
}
