/**
 * Why a node cannot run. Stable across releases:
 *
 * - `NODE_LISTEN`: the address of the console or of the figures cannot be had.
 */
export type NodeErrorCode = 'NODE_LISTEN'

/** An error of a node's start. The message says what to do. */
export class NodeError extends Error {
  override readonly name = 'NodeError'
  readonly code: NodeErrorCode

  constructor(code: NodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
