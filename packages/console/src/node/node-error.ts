/**
 * Why a node cannot run. Stable across releases:
 *
 * - `NODE_LISTEN`: the address of the console or of the figures cannot be had.
 * - `NODE_SETTING`: a setting that only a running node can judge.
 */
export type NodeErrorCode = 'NODE_LISTEN' | 'NODE_SETTING'

/** An error of a node's start. The message says what to do. */
export class NodeError extends Error {
  override readonly name = 'NodeError'
  readonly code: NodeErrorCode

  constructor(code: NodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
