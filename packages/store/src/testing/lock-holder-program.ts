import { openStore } from '../open.ts'

/** Opens a store as the node of a folder and keeps it open: a program for tests that kill it. */
const store = await openStore({ folder: process.argv[2] ?? '' })
console.log(store.kind)
setInterval(() => {}, 1_000)
