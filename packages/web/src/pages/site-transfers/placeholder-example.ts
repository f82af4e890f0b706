/** What the placeholders of a file stand for in the example: a file that arrived just now. */
export function exampleProperties(now: number): Readonly<Record<string, string>> {
  const time = new Date(now).toISOString()
  return {
    name: 'orders-42.csv',
    stem: 'orders-42',
    extension: 'csv',
    folder: '/outbox',
    date: time.slice(0, 10),
    time: time.slice(11, 19).replaceAll(':', ''),
    year: time.slice(0, 4),
    month: time.slice(5, 7),
    day: time.slice(8, 10),
    transfer: 'orders-to-acme',
    run: '1k8acq6qqa0622pnpe7e',
    attempt: '1',
  }
}

/** What a text becomes for the example file. `unknown`: placeholders that the example does not know; the run may. */
export function expandExample(
  template: string,
  properties: Readonly<Record<string, string>>,
): { readonly text: string; readonly unknown: readonly string[]; readonly broken: boolean } {
  const unknown: string[] = []
  let broken = false
  const text = template.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (found, key: string | undefined) => {
    if (found === '{{') return '{'
    if (found === '}}') return '}'
    if (key === undefined) {
      broken = true
      return found
    }
    const value = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (value === undefined) unknown.push(key)
    return value ?? found
  })
  return { text, unknown, broken }
}
