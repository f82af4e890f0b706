import type { FormEvent } from 'react'
import { useState } from 'react'
import { ApiError, api } from '../../../api/client.ts'
import { showErrors } from '../../../components/form-errors.ts'
import { useChange } from '../../../components/use-change.ts'

interface Named {
  readonly name: string
}

/** What is used of a form of @mantine/form. */
interface SavedForm<Form> {
  onSubmit(handle: (values: Form) => void): (event?: FormEvent<HTMLFormElement>) => void
  clearErrors(): void
  setErrors(errors: Record<string, string>): void
}

interface Saving<Form, View> {
  /** Path of the list, such as `/access/segments`. */
  readonly collection: string
  /** The one that is changed; undefined for a new one. */
  readonly view: Named | undefined
  readonly write: (values: Form) => unknown
  /** Fields at which mistakes can stand. */
  readonly fields: (values: Form) => readonly string[]
  readonly done: (saved: View) => string
  readonly renews: readonly string[]
  readonly onDone: (saved: View) => void
}

/** A form in a drawer that makes a document or replaces it. */
export interface Saved {
  readonly submit: (event?: FormEvent<HTMLFormElement>) => void
  readonly saving: boolean
  /** A sentence that belongs to no field. */
  readonly fault: string | undefined
  /** Somebody else has changed it meanwhile. */
  readonly stale: boolean
}

/** Saves the form of a document and shows its mistakes at their fields. */
export function useSaving<Form, View extends Named>(
  form: SavedForm<Form>,
  { collection, view, write, fields, done, renews, onDone }: Saving<Form, View>,
): Saved {
  const [fault, setFault] = useState<string>()
  const save = useChange({
    run: (values: Form) =>
      view
        ? api.put<View>(`${collection}/${encodeURIComponent(view.name)}`, write(values))
        : api.post<View>(collection, write(values)),
    done,
    renews: [collection, '/access/overview', ...renews],
    errors: 'self',
    onDone,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    form.clearErrors()
    save.mutate(values, {
      onError: error => setFault(showErrors(form, error, fields(values)) ?? 'Some fields need another look.'),
    })
  })
  const stale = view !== undefined && save.error instanceof ApiError && save.error.status === 409
  return { submit, saving: save.isPending, fault, stale }
}
