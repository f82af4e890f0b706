import type { JsonValue } from './json.ts'

/** Reads JSON that this store wrote. */
export const readJson = (text: string): JsonValue => JSON.parse(text)

/** Reads a list of texts that this store wrote. */
export function readTexts(text: string): readonly string[] {
  const value = readJson(text)
  return Array.isArray(value) ? value.map(String) : []
}
