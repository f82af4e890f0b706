/** Every page of an administrator, and how one knows that it has what it is for. */
export const PAGES: readonly { readonly path: string; readonly shows: RegExp }[] = [
  { path: '/overview', shows: /Sessions/ },
  { path: '/sessions', shows: /acme-billing/ },
  { path: '/ports', shows: /Passive/ },
  { path: '/diagnosis', shows: /invoices\.zip|acme-billing|passive port/i },
  { path: '/transfers', shows: /march\.csv/ },
  { path: '/incidents', shows: /192\.0\.2\.99/ },
  { path: '/ftp-settings', shows: /Passive Mode Address Rules/ },
  { path: '/user-classes', shows: /Try it/i },
  { path: '/certificates', shows: /harbour/ },
  { path: '/settings-history', shows: /Tell partners the public address/ },
  { path: '/users', shows: /northwind/ },
  { path: '/users/acme-billing', shows: /acme-billing/ },
  { path: '/groups', shows: /partners/ },
  { path: '/bans', shows: /192\.0\.2\.66/ },
  { path: '/administrators', shows: /olga/ },
  { path: '/tokens', shows: /prometheus/ },
  { path: '/audit', shows: /user\.create/ },
  { path: '/account', shows: /password/i },
]

export const LOOKS = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 390, height: 844, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
] as const
