import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useCallback, useState } from 'react'
import { type RowWindow, rowWindow } from './row-window.ts'

/** Which rows of a long list are drawn, while its frame scrolls. */
export function useRowWindow(total: number, rowHeight: number) {
  const { ref: sized, height } = useElementSize<HTMLDivElement>()
  const [scrollTop, setScrollTop] = useState(0)
  const listened = useCallback((frame: HTMLDivElement | null) => {
    const listen = () => setScrollTop(frame?.scrollTop ?? 0)
    frame?.addEventListener('scroll', listen, { passive: true })
    return () => frame?.removeEventListener('scroll', listen)
  }, [])
  const frame = useMergedRef(sized, listened)
  const shown: RowWindow = rowWindow(total, rowHeight, scrollTop, height)
  return { frame, shown }
}
