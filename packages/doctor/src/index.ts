export type { PlanAsk, PlanListener } from './plan/ask.ts'
export { PlanError, type PlanField } from './plan/errors.ts'
export { type Plan, plan } from './plan/plan.ts'
export { type PlanSection, SECTION_NAMES, type SectionName } from './plan/section.ts'
