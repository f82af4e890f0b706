/** The mark: rhumb lines of a sea chart with a needle. Decoration only; whoever uses it writes the name beside it. */
export function CompassRose({ size = 28, faint = false }: { size?: number; faint?: boolean }) {
  const line = faint ? 'var(--line)' : '#7fa0bd'
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <g stroke={line} strokeWidth="0.9" strokeLinecap="round" fill="none">
        <path d="M16 1.5v29M1.5 16h29M5.7 5.7l20.6 20.6M26.3 5.7 5.7 26.3" />
        <circle cx="16" cy="16" r="10.5" />
      </g>
      <path
        d="M16 2.5 19 16l-3 13.5L13 16Z"
        fill={faint ? 'var(--text-dimmed)' : '#f4efe2'}
        opacity={faint ? 0.55 : 1}
      />
      <path d="M16 2.5 19 16h-6Z" fill="var(--signal)" opacity={faint ? 0.75 : 1} />
    </svg>
  )
}
