import { type Reply, reply } from './reply.ts'

/** The reply to FEAT: each feature on a line of its own, behind one space. RFC 2389 section 3.2. */
export function formatFeat(features: readonly string[]): Reply {
  if (features.length === 0) return reply(211, 'No features')
  return reply(211, 'Features:', ...features.map(feature => ` ${feature}`), 'End')
}

/**
 * Reads the reply to FEAT: the parameters of each feature (empty where it has none) by its name in upper case. Of a
 * feature that is listed twice (Windows lists AUTH once for each mechanism), the parameters are joined by `;`.
 */
export function parseFeat({ lines }: Reply): Map<string, string> {
  const features = new Map<string, string>()
  // First and last line are words for people. Some servers do not indent the lines between them.
  for (const line of lines.slice(1, -1)) {
    const [, name, parameters = ''] = /^\s*([!-~]+)\s*(.*)$/s.exec(line) ?? []
    if (name === undefined) continue
    const key = name.toUpperCase()
    const known = features.get(key)
    features.set(key, known ? `${known};${parameters.trim()}` : parameters.trim())
  }
  return features
}
