import { useEffect, useState } from 'react'

/** Seconds that are left of a wait, counted down to 0. `start` begins one. */
export function useCountdown(): { readonly left: number; readonly start: (seconds: number) => void } {
  const [until, setUntil] = useState(0)
  const [now, setNow] = useState(0)
  const left = Math.max(0, Math.ceil((until - now) / 1000))
  useEffect(() => {
    if (left === 0) return
    const timer = setTimeout(() => setNow(Date.now()), 250)
    return () => clearTimeout(timer)
  })
  return {
    left,
    start: seconds => {
      setNow(Date.now())
      setUntil(Date.now() + seconds * 1000)
    },
  }
}
