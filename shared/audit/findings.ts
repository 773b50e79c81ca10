// What a verification found, step by step, and the one verdict that follows. The steps run in this order and each may rely on those before.

import { AUDIT_CATALOGUE, type AuditCode, AuditFault, type Severity } from './audit-catalogue';

/** The steps of a verification, in order, each with the question it answers. */
export const STEPS = {
  limits: 'Is it within the limits of its format?',
  format: 'Is it written in its one canonical form?',
  trust: 'Are policy and root of trust sound, and do they agree?',
  notes: 'Is every checkpoint signed by the log, and which witnesses cosigned it?',
  consistency: 'Does every checkpoint extend the one before?',
  inclusion: 'Is every entry in the log at its index?',
  opening: 'Does every signed act open its leaf?',
  signature: 'Is every act signed by its author, with a key valid at its index?',
  disclosure: 'Is every disclosed field what its author committed to?',
  chains: 'Are the chains of authors and case unbroken and complete?',
  time: 'Was every act signed when it says, by the clocks of the witnesses?',
  finality: 'Is every entry final?',
} as const;
export type Step = keyof typeof STEPS;

/** One failure or remark. `place` says where, in words and numbers of our own. */
export interface Finding {
  readonly step: Step;
  readonly code: AuditCode;
  readonly place: string;
}

/** The verdicts, and the exit code by which a command tells each. */
export const VERDICT_EXIT_CODES = { VALID: 0, INVALID: 1, MALFORMED: 2, VALID_NOT_FINAL: 3, EQUIVOCATION: 4 } as const;
export type Verdict = keyof typeof VERDICT_EXIT_CODES;

/** Exit code of a command that was called wrongly. */
export const USAGE_EXIT_CODE = 5;

/** Collects findings, and the steps that were begun. */
export class Findings {
  private readonly found: Finding[] = [];
  private readonly begun: Step[] = [];

  get all(): readonly Finding[] {
    return this.found;
  }

  get steps(): readonly Step[] {
    return this.begun;
  }

  add(step: Step, code: AuditCode, place: string): void {
    this.found.push({ step, code, place });
  }

  /** Begins a step whose checks report on their own. */
  begin(step: Step): void {
    this.begun.push(step);
  }

  /** Runs a whole step; a fault in it becomes a finding at `place`. Null then. */
  step<Value>(step: Step, place: string, action: () => Value): Value | null {
    this.begin(step);
    return this.attempt(step, place, action);
  }

  /** Runs one check of a step; a fault in it becomes a finding, and the result is null. Faults that are not of the catalogue are defects and pass. */
  attempt<Value>(step: Step, place: string, action: () => Value): Value | null {
    try {
      return action();
    } catch (fault) {
      if (!(fault instanceof AuditFault)) throw fault;
      this.add(step, fault.code, place);
      return null;
    }
  }

  /** Whether a step found anything worse than a remark. */
  failed(step: Step): boolean {
    return this.found.some((finding) => finding.step === step && severityOf(finding) !== 'REMARK');
  }

  /** The verdict: the worst of what was found. Two contradicting signatures stand whatever else is wrong; then comes what cannot be judged. */
  verdict(): Verdict {
    const severities = new Set(this.found.map(severityOf));
    if (severities.has('EQUIVOCATION')) return 'EQUIVOCATION';
    if (severities.has('MALFORMED')) return 'MALFORMED';
    if (severities.has('INVALID')) return 'INVALID';
    return severities.has('NOT_FINAL') ? 'VALID_NOT_FINAL' : 'VALID';
  }
}

function severityOf(finding: Finding): Severity {
  return AUDIT_CATALOGUE[finding.code].severity;
}
