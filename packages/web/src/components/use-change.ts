import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { notifyDone, notifyError } from './notify.ts'

interface Change<Input, Output> {
  readonly run: (input: Input) => Promise<Output>
  /** The sentence that tells it was done. */
  readonly done?: string | ((output: Output, input: Input) => string)
  /** Paths of the API whose answers are loaded anew, such as `/users`. */
  readonly renews: readonly string[]
  readonly onDone?: (output: Output, input: Input) => void
  /** `self`: who calls shows the error, such as a form at its fields. Default: a notification. */
  readonly errors?: 'self'
}

/** A change through the API: tells that it was done or why not, and loads anew what it touched. */
export function useChange<Input = void, Output = unknown>(
  change: Change<Input, Output>,
): UseMutationResult<Output, Error, Input> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change.run,
    onSuccess: async (output, input) => {
      const { done } = change
      if (done !== undefined) notifyDone(typeof done === 'string' ? done : done(output, input))
      change.onDone?.(output, input)
      await Promise.all(change.renews.map(path => client.invalidateQueries({ queryKey: [path] })))
    },
    onError: error => {
      if (change.errors !== 'self') notifyError(error)
    },
  })
}
