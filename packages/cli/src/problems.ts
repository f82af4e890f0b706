import { formatProblem, type Problem } from '@portolan/settings'
import { UserError } from './user-error.ts'

/** @throws {UserError} with a line for each problem, unless there is none */
export function throwProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new UserError(problems.map(formatProblem).join('\n'))
}
