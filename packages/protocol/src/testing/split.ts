import fc from 'fast-check'

/** Bytes cut into chunks at random places, some of them empty. */
export function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map(cut => Math.floor(cut * (bytes.length + 1))).sort((a, b) => a - b)
  const chunks: Buffer[] = []
  let from = 0
  for (const place of [...places, bytes.length]) {
    // A copy: a chunk whose memory is used again must not change what was read from it.
    chunks.push(Buffer.from(bytes.subarray(from, place)))
    from = place
  }
  return chunks
}

/** Where to {@link split}: fractions of the length. Not `fc.double`, nearly all of whose values are next to 0. */
export const cuts: fc.Arbitrary<number[]> = fc.array(
  fc.nat(1000).map(thousandths => thousandths / 1000),
  { maxLength: 12 },
)

/** Bytes made mostly of those that a parser cares for. */
export function bytesFrom(alphabet: readonly (string | number)[], maxLength = 60): fc.Arbitrary<Buffer> {
  const pieces = alphabet.map(piece => (typeof piece === 'number' ? Buffer.of(piece) : Buffer.from(piece)))
  return fc.array(fc.constantFrom(...pieces), { maxLength }).map(chosen => Buffer.concat(chosen))
}
