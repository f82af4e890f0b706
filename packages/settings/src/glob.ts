/** Compiles a pattern in which `*` stands for any text and `?` for one character; nothing else is special. */
export function glob(pattern: string): (text: string) => boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  const regex = new RegExp(`^${source}$`, 'su')
  return text => regex.test(text)
}
