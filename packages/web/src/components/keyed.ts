/** A row of a list that is edited: the key stays with it while rows before it come and go. */
export type Keyed<T> = T & { readonly key: number }

let last = 0

/** Gives a row its key. */
export const keyed = <T extends object>(row: T): Keyed<T> => ({ ...row, key: ++last })

/** A row as the API takes it. */
export function bare<T extends { readonly key: number }>(row: T): Omit<T, 'key'> {
  const { key: _key, ...rest } = row
  return rest
}
