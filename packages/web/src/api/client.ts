import type { FieldProblem, ProblemDetails } from '@portolan/console/contract'

/** An answer of the API that is no success. `fields` has the mistakes by the path of their field. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldProblem[]
  /** Seconds after which it is worth another try, when the server said so; else 0. */
  readonly retryAfter: number

  constructor(status: number, problem: Pick<ProblemDetails, 'code' | 'detail' | 'errors'>, retryAfter = 0) {
    super(problem.detail)
    this.status = status
    this.code = problem.code
    this.errors = problem.errors ?? []
    this.retryAfter = retryAfter
  }

  /** The mistakes as a form wants them: one text for each field. */
  get fields(): Record<string, string> {
    return Object.fromEntries(this.errors.map(({ path, message }) => [path, message]))
  }
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>

let csrf = ''

/** Takes the token that every change has to carry; `GET /auth/session` and signing in tell it. */
export function takeCsrfToken(token: string): void {
  csrf = token
}

/** For requests that this client does not make: uploads, which tell their progress. */
export const csrfToken = (): string => csrf

/** The URL of an API path, with a query. */
export function apiUrl(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  )
  const text = new URLSearchParams(given).toString()
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`
}

/** @throws {ApiError} also when there is no answer: then with status 0 and the code `UNREACHABLE` */
async function ask<T>(method: string, path: string, query: Query | undefined, body: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (method !== 'GET') headers['x-csrf-token'] = csrf
  if (body !== undefined) headers['content-type'] = 'application/json'
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (body !== undefined) init.body = JSON.stringify(body)
  const response = await fetch(apiUrl(path, query), init).catch(() => undefined)
  if (!response)
    throw new ApiError(0, { code: 'UNREACHABLE', detail: 'The server does not answer. Is it running?' })
  if (response.status === 204) return undefined as T
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer as T
  const wait = Number(response.headers.get('retry-after') ?? 0)
  throw new ApiError(response.status, problemOf(answer, response.status), Number.isFinite(wait) ? wait : 0)
}

/** What an answer says that is no success. */
export function problemOf(
  answer: unknown,
  status: number,
): Pick<ProblemDetails, 'code' | 'detail' | 'errors'> {
  if (typeof answer === 'object' && answer !== null && 'code' in answer && 'detail' in answer) {
    return answer as ProblemDetails
  }
  return { code: 'NO_PROBLEM', detail: `The server answered ${status} and did not say why.` }
}

/** The API of the node that served this page. Types are those of the contract. */
export const api = {
  get: <T>(path: string, query?: Query) => ask<T>('GET', path, query, undefined),
  post: <T = void>(path: string, body?: unknown) => ask<T>('POST', path, undefined, body),
  put: <T = void>(path: string, body?: unknown) => ask<T>('PUT', path, undefined, body),
  patch: <T = void>(path: string, body?: unknown) => ask<T>('PATCH', path, undefined, body),
  delete: <T = void>(path: string, body?: unknown) => ask<T>('DELETE', path, undefined, body),
}
