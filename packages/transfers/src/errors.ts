/**
 * - `TRANSFER_INVALID`: a zone, site or transfer that cannot work, with the field.
 * - `TRANSFER_MISSING`: no such zone, site, transfer or run.
 * - `TRANSFER_USED`: it is still used by others.
 * - `TRANSFER_DISABLED`: it, or its site, is disabled.
 * - `TRANSFER_ACTIVE_ZONE`: active mode needs the network zone none.
 */
export type TransferErrorCode =
  | 'TRANSFER_INVALID'
  | 'TRANSFER_MISSING'
  | 'TRANSFER_USED'
  | 'TRANSFER_DISABLED'
  | 'TRANSFER_ACTIVE_ZONE'

/** Why a transfer cannot be made or run. `problems` has the fields. */
export class TransferError extends Error {
  override readonly name = 'TransferError'
  readonly code: TransferErrorCode
  readonly problems: readonly { readonly path: string; readonly message: string }[]

  constructor(
    code: TransferErrorCode,
    message: string,
    problems: readonly { readonly path: string; readonly message: string }[] = [],
  ) {
    super(message)
    this.code = code
    this.problems = problems
  }
}
