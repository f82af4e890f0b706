/** The element that shows a setting, for jumping to it. */
export const rowId = (path: string): string => `setting-${path}`

/** The input of a setting or of a part of it. */
export const inputId = (path: string): string => `${rowId(path)}-input`
