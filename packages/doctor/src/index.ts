export type { DoctorAsk } from './ask.ts'
export { diagnose } from './diagnose.ts'
export type { Diagnosis, Outcome } from './diagnosis.ts'
export type { Settings } from './emit/settings.ts'
export type { DoneStep, SkippedStep, Step, StepName } from './evidence.ts'
export type { PlanAsk, PlanListener } from './plan/ask.ts'
export { PlanError, type PlanField } from './plan/errors.ts'
export { type Plan, plan } from './plan/plan.ts'
export { type PlanSection, SECTION_NAMES, type SectionName } from './plan/section.ts'
export type { Confidence, Verdict, VerdictCode } from './rules/verdict.ts'
export type {
  Cause,
  CauseCode,
  DataFailure,
  DataSuccess,
  FailureContext,
  FailureGroup,
} from './server-side/failure.ts'
export { groupDataFailures } from './server-side/group.ts'
export { describeStep } from './summary.ts'
export type { Works } from './works.ts'
