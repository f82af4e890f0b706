/** What no browser runs, whatever is in it. Everything else is bytes. */
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  gif: 'image/gif',
  gz: 'application/gzip',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain; charset=utf-8',
  webp: 'image/webp',
  zip: 'application/zip',
}

/** Compressed already: more work would save nothing. */
const PACKED = new Set(
  '7z aac apk avi avif br bz2 docx epub flac gif gz heic jar jpeg jpg lz4 m4a m4v mkv mov mp3 mp4 mpeg mpg odp ods odt ogg opus pdf png pptx rar tgz txz webm webp woff2 xlsx xz zip zst'.split(
    ' ',
  ),
)

/** The content type of a file, by its name. */
export function contentTypeOf(name: string): string {
  return TYPES[extensionOf(name)] ?? 'application/octet-stream'
}

/** Whether compressing such a file is worth the work. */
export function isWorthPacking(name: string): boolean {
  return !PACKED.has(extensionOf(name))
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : ''
}
