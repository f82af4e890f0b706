import {
  type Evidence,
  type EvidenceOf,
  STEP_NAMES,
  type Step,
  type StepName,
  type StepStatus,
} from './evidence.ts'
import type { Redact } from './redact.ts'

/** What a step found: evidence, or the reason why there is none. */
export type Finding<T> =
  | { readonly status: Exclude<StepStatus, 'skip'>; readonly evidence: T }
  | { readonly status: 'skip'; readonly reason: string }

/** Keeps what the steps find, without secrets, and tells of each. A step is recorded once. */
export class Recorder {
  readonly #redact: Redact
  readonly #onStep: ((step: Step) => void) | undefined
  readonly #steps = new Map<StepName, Step>()
  #evidence: Evidence = {}

  constructor(redact: Redact, onStep: ((step: Step) => void) | undefined) {
    this.#redact = redact
    this.#onStep = onStep
  }

  /** What was found so far. */
  get evidence(): Evidence {
    return this.#evidence
  }

  /** Every step, in the order of the report; those that were not reached are skipped for this reason. */
  finish(reason: string): readonly Step[] {
    for (const step of STEP_NAMES) if (!this.#steps.has(step)) this.skip(step, reason)
    return STEP_NAMES.flatMap(name => this.#steps.get(name) ?? [])
  }

  /** Carries a step out. A step that throws has found nothing, and why is the reason. */
  async run<N extends StepName>(
    step: N,
    work: () => Finding<EvidenceOf[N]> | Promise<Finding<EvidenceOf[N]>>,
  ): Promise<EvidenceOf[N] | undefined> {
    const begun = performance.now()
    let finding: Finding<EvidenceOf[N]>
    try {
      finding = await work()
    } catch (error) {
      finding = { status: 'skip', reason: error instanceof Error ? error.message : String(error) }
    }
    this.record(step, finding, performance.now() - begun)
    return finding.status === 'skip' ? undefined : finding.evidence
  }

  record<N extends StepName>(step: N, finding: Finding<EvidenceOf[N]>, ms: number): void {
    if (this.#steps.has(step)) return
    if (finding.status === 'skip') {
      this.skip(step, finding.reason, ms)
      return
    }
    const evidence = this.#redact(finding.evidence)
    this.#evidence = { ...this.#evidence, [step]: evidence }
    this.#keep(doneStep(step, finding.status, evidence, Math.round(ms)))
  }

  skip(step: StepName, reason: string, ms = 0): void {
    if (this.#steps.has(step)) return
    this.#keep({ step, status: 'skip', evidence: { reason: this.#redact(reason) }, ms: Math.round(ms) })
  }

  #keep(step: Step): void {
    this.#steps.set(step.step, step)
    this.#onStep?.(step)
  }
}

/** The union of steps cannot be made of a name and its evidence without a word on their being of one kind. */
function doneStep<N extends StepName>(
  step: N,
  status: Exclude<StepStatus, 'skip'>,
  evidence: EvidenceOf[N],
  ms: number,
): Step {
  const made: { step: StepName; status: StepStatus; evidence: EvidenceOf[StepName]; ms: number } = {
    step,
    status,
    evidence,
    ms,
  }
  return made as Step
}
