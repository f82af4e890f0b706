import { encode } from 'uqr'

/** A QR code as one path; dark on light in both schemes, since many cameras read nothing else. */
export function QrCode({ text }: { text: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 2 })
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return (
    <svg width={200} height={200} viewBox={`0 0 ${size} ${size}`} role="img" shapeRendering="crispEdges">
      <title>QR code with the secret; it stands below in letters, too</title>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#10283f" />
    </svg>
  )
}
