/** What stands between a link's name and its target. */
const ARROW = ' -> '

/**
 * Cuts `name -> target`. Both may hold the arrow themselves: then the cut is where the target has as many bytes as the
 * link's size says, which is what a link's size is on UNIX; else at the first arrow.
 */
export function splitLink(
  text: string,
  size: number | undefined,
): { readonly name: string; readonly target?: string } {
  const first = text.indexOf(ARROW)
  if (first < 1) return { name: text }
  const only = text.indexOf(ARROW, first + 1) < 0
  const arrow = only || size === undefined ? first : (arrowBefore(text, size) ?? first)
  return { name: text.slice(0, arrow), target: text.slice(arrow + ARROW.length) }
}

/** The arrow with so many bytes of UTF-8 behind it. One pass from the end: the line may be hostile. */
function arrowBefore(text: string, bytes: number): number | undefined {
  let at = text.length
  let counted = 0
  while (at > 0 && counted < bytes) {
    at--
    const unit = text.charCodeAt(at)
    const pair = isLow(unit) && isHigh(text.charCodeAt(at - 1))
    if (pair) at--
    counted += pair ? 4 : bytesOf(unit)
  }
  const arrow = at - ARROW.length
  return counted === bytes && arrow > 0 && text.startsWith(ARROW, arrow) ? arrow : undefined
}

function bytesOf(unit: number): number {
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  // A byte that decodeName escaped is one again on the wire.
  return unit >= 0xdc80 && unit <= 0xdcff ? 1 : 3
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
