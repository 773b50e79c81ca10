// Steps of a case's history: what each is made of, and the order in which those of one instant stand. A step has a name within its case, so
// that it is told once, and becomes one act of its rightful author.

import type { ActKind } from '../../../shared/audit/act-kind';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { OrderDraft } from './order-document';

/** A step of some case. */
export interface StepName {
  readonly caseId: string;
  readonly step: string;
}

interface CommonStep extends StepName {
  readonly at: Instant;
  readonly rank: number;
}

/** Something that the bank did. */
export interface OwnStep extends CommonStep {
  readonly does: 'OWN';
  readonly kind: ActKind;
  readonly to: readonly string[];
  /** Steps that it answers or rests on; they come first. */
  readonly refs: readonly StepName[];
  readonly fields: Readonly<Record<string, unknown>>;
  /** The order that is signed with it. */
  readonly document: OrderDraft | null;
  /** What the operator has to know in order to answer. */
  readonly tells: { readonly subject: string; readonly id: string; readonly operatorCode: string } | null;
  /** The order whose receipt must have come; null when nothing is awaited. */
  readonly awaitsReceiptOf: string | null;
}

/** Something that an operator did. */
export interface ForeignStep extends CommonStep {
  readonly does: 'FOREIGN';
  /** What the operator's line names. */
  readonly subject: string;
  readonly id: string;
  readonly author: string;
  readonly kind: ActKind;
  /** The step that it answers; null for a report. */
  readonly answers: StepName | null;
  /** Fields that must have been signed with these values. */
  readonly expects: Readonly<Record<string, unknown>>;
  /** The order that it speaks of, with which of its documents; null when of none. */
  readonly order: { readonly id: string; readonly document: 'BLOCK' | 'LIFT'; readonly hasReceipt: boolean } | null;
}

export type TimelineStep = OwnStep | ForeignStep;

/** Who acts when time runs out. */
export const SYSTEM = 'system';

/** The operator's code in the name of a machine that speaks for it; null for everybody else. */
export function operatorNamed(principal: string): string | null {
  return OPERATOR.exec(principal)?.[1] ?? null;
}

/** A step of the bank, without what most have not. */
export type OwnDraft = Pick<OwnStep, 'caseId' | 'step' | 'at' | 'kind' | 'fields'> &
  Partial<Pick<OwnStep, 'to' | 'document' | 'tells' | 'awaitsReceiptOf'>> & {
    readonly rank: keyof typeof RANKS;
    /** Steps of the same case by name, or of another. */
    readonly refs?: readonly (string | StepName)[];
  };

/** A step of the bank. */
export function ownStep({ rank, refs = [], ...draft }: OwnDraft): OwnStep {
  return {
    does: 'OWN',
    to: [],
    document: null,
    tells: null,
    awaitsReceiptOf: null,
    ...draft,
    rank: RANKS[rank],
    refs: refs.map((ref) => (typeof ref === 'string' ? { caseId: draft.caseId, step: ref } : ref)),
  };
}

/** A step of an operator, without what most have not. */
export type ForeignDraft = Omit<ForeignStep, 'does' | 'rank' | 'order'> &
  Partial<Pick<ForeignStep, 'order'>> & { readonly rank: keyof typeof RANKS };

/** A step of an operator. */
export function foreignStep({ rank, ...draft }: ForeignDraft): ForeignStep {
  return { does: 'FOREIGN', order: null, ...draft, rank: RANKS[rank] };
}

const OPERATOR = /^operator-(.+)$/;

/** What happened at one instant stands in the order of cause and effect. */
const RANKS = {
  report: 0,
  triage: 10,
  subject: 11,
  assignment: 12,
  check: 20,
  evidence: 21,
  question: 22,
  answer: 23,
  overdue: 24,
  proposal: 30,
  rejection: 31,
  approval: 32,
  appeal: 33,
  review: 34,
  appealProposal: 35,
  appealDecision: 36,
  merge: 38,
  order: 40,
  supersession: 41,
  liftProposal: 42,
  liftOrder: 43,
  delivery: 50,
  acknowledgement: 51,
  enforcement: 52,
  expiry: 53,
  lift: 54,
  reissue: 60,
  supersessionByReissue: 61,
  loss: 70,
  closing: 80,
} as const;
