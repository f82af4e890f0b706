/** Adds to the list of a key, which is made when it is not there. */
export function pushTo<Key, Item>(table: Map<Key, Item[]>, key: Key, item: Item): void {
  const known = table.get(key)
  if (known) known.push(item)
  else table.set(key, [item])
}
