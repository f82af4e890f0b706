/** In this order: what calls itself Chrome may be Edge, and everything calls itself Mozilla. */
const BROWSERS = [
  [/Edg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/OPR\/(\d+)/, 'Opera'],
  [/Firefox\/(\d+)|FxiOS\/(\d+)/, 'Firefox'],
  [/(?:Headless)?Chrom(?:e|ium)\/(\d+)|CriOS\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
  [/curl\/(\d+)/, 'curl'],
] as const

const SYSTEMS = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
] as const

/** What a User-Agent header says in few words: `Firefox 128 on Linux`. Anybody can write anything there. */
export function browserOf(userAgent: string): string {
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1]
  for (const [pattern, name] of BROWSERS) {
    const found = pattern.exec(userAgent)
    if (found) return `${name} ${found[1] ?? found[2] ?? ''}${system ? ` on ${system}` : ''}`.trim()
  }
  return userAgent === '' ? 'unknown' : userAgent.slice(0, 40)
}
