import type { Storage } from '../storage.ts'

/** One thing that every back end has to do. `at` gives paths below an empty folder; `at('')` is that folder. */
export type Check = (storage: Storage, at: (path: string) => string) => Promise<void>
