// The format in which a party's facts are handed to its own program for seeding: NDJSON, one fact a line, on the standard input
// of `main.js seed`. Facts of one kind that others refer to come before those that refer to them. Instants are RFC 3339 in UTC
// with whole milliseconds, days are YYYY-MM-DD in Asia/Almaty; closed lists use the words of the GraphQL contract.

/** What the numbering registry holds. Operators themselves come from `operators.json`. */
export type NumberingFact =
  /** A number range by the digits after +7, e.g. "701", and the operator to which it was first allocated. */
  | { readonly kind: 'range'; readonly prefix: string; readonly operatorCode: string }
  | {
      readonly kind: 'tenure';
      readonly msisdn: string;
      readonly operatorCode: string;
      readonly since: string;
      readonly until: string | null;
    }
  | {
      readonly kind: 'porting';
      readonly id: string;
      readonly msisdn: string;
      readonly donor: string;
      readonly recipient: string;
      readonly completedAt: string;
    };

/** What one operator holds. Order in the stream: dealers, devices, subscribers, tenures, contracts, the rest in any order. */
export type OperatorFact =
  | { readonly kind: 'dealer'; readonly id: string; readonly name: string; readonly region: string }
  | { readonly kind: 'device'; readonly imei: string; readonly model: string; readonly registryStatus: string }
  | {
      readonly kind: 'subscriber';
      readonly id: string;
      readonly subscriberKind: 'PERSON' | 'LEGAL_ENTITY';
      readonly iin: string | null;
      readonly bin: string | null;
      readonly fullName: string;
    }
  | { readonly kind: 'tenure'; readonly msisdn: string; readonly since: string; readonly until: string | null }
  | ContractFact
  | {
      readonly kind: 'capJustification';
      readonly id: string;
      readonly iin: string;
      readonly purpose: string;
      readonly status: string;
      readonly requestedLines: number;
      readonly devices: readonly string[];
      /** SHA-256 of each document, hex. */
      readonly documents: readonly string[];
      readonly decidedAt: string | null;
      readonly expiresAt: string | null;
    }
  | {
      readonly kind: 'enforcement';
      readonly orderId: string;
      readonly sequence: number;
      readonly msisdn: string;
      /** First instant of the tenure on which it was executed. */
      readonly since: string;
      readonly state: string;
      readonly measures: readonly string[];
      readonly receivedAt: string;
      readonly enforcedAt: string | null;
      readonly liftedAt: string | null;
    }
  | {
      /** A grey-list entry for traffic that is known and legitimate: lowers the severity of volume indicators, never hides them. */
      readonly kind: 'businessTrafficProfile';
      readonly msisdn: string;
      /** First instant of the tenure. */
      readonly since: string;
      readonly purpose: 'CALL_CENTRE' | 'DELIVERY' | 'NOTIFICATION' | 'MACHINE' | 'NETWORK_PROBE';
      readonly grantedAt: string;
      readonly expiresAt: string;
    }
  | OperatorHistoryFact;

/** What the operator has told the bank, or answered it: its own acts in cases, each at its instant. */
export type OperatorHistoryFact =
  /** A report that it sent; `receivedAt` is when it was sent and taken in. */
  | ({ readonly kind: 'report' } & CaseFact['reports'][number])
  | {
      readonly kind: 'informationAnswer';
      readonly requestId: string;
      readonly answer: string;
      readonly answeredAt: string;
    }
  | {
      /** What came of the operator's own check of a case. */
      readonly kind: 'checkResult';
      readonly caseId: string;
      readonly confirmed: boolean;
      readonly findings: string;
      readonly at: string;
    };

/** One contract on a number within a tenure, with everything that hangs on it. */
export interface ContractFact {
  readonly kind: 'contract';
  readonly id: string;
  readonly msisdn: string;
  /** First instant of its tenure. */
  readonly since: string;
  readonly status: string;
  readonly plan: string;
  readonly activatedAt: string | null;
  readonly endedAt: string | null;
  readonly subscriberId: string;
  readonly assignedUserId: string | null;
  readonly verification: {
    readonly result: string;
    readonly method: string | null;
    readonly verifiedAt: string | null;
    readonly attempts: number;
    /** The provider's reference; never a picture or a template. */
    readonly providerReference: string | null;
  };
  readonly dealerId: string | null;
  readonly soldAt: string | null;
  readonly simCards: readonly {
    readonly iccid: string;
    readonly imsi: string;
    readonly issuedAt: string;
    readonly replacedAt: string | null;
    readonly reason: string;
  }[];
  readonly devices: readonly {
    readonly imei: string;
    readonly imsi: string;
    readonly firstSeenAt: string;
    readonly lastSeenAt: string;
  }[];
  /** Consecutive days from `firstDay`; each day is the tuple of `USAGE_MEASURES` in that order. Null for an unused line. */
  readonly usage: { readonly firstDay: string; readonly days: readonly (readonly number[])[] } | null;
}

/** Order of the numbers in one day of `ContractFact.usage`; shares are 0 to 1. */
export const USAGE_MEASURES = [
  'callsOut',
  'callsIn',
  'distinctCallees',
  'minutesOut',
  'minutesIn',
  'shortCallShare',
  'nightShare',
  'smsOut',
  'smsIn',
  'distinctSmsRecipients',
  'dataMb',
  'distinctCells',
  'topCellShare',
  'distinctImei',
  'complaints',
] as const;

export type UsageMeasure = (typeof USAGE_MEASURES)[number];

/** What the fraud-case subgraph holds: one fact a case, whole. */
export interface CaseFact {
  readonly kind: 'case';
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly outcome: string;
  readonly track: string | null;
  readonly fraudType: string | null;
  readonly severity: string;
  readonly version: number;
  readonly openedAt: string;
  readonly dueAt: string | null;
  readonly assignee: string | null;
  /** Id of the case that this one repeats; the facts of that case come earlier or later in the stream. */
  readonly duplicateOf?: string | null;
  readonly subjects: readonly {
    readonly msisdn: string;
    readonly role: string;
    readonly addedBy: string;
    readonly addedAt: string;
    readonly ground: string;
  }[];
  readonly reports: readonly {
    readonly id: string;
    readonly source: string;
    readonly sourceRef: string;
    readonly reporter: string;
    readonly suspect: string;
    readonly victim: string | null;
    readonly channel: string;
    readonly fraudType: string | null;
    readonly occurredAt: string | null;
    readonly detectedAt: string | null;
    readonly receivedAt: string;
    readonly text: string | null;
  }[];
  readonly evidence: readonly {
    readonly id: string;
    readonly evidenceKind: string;
    readonly sha256: string;
    readonly capturedAt: string;
    readonly capturedBy: string;
    readonly note: string | null;
  }[];
  readonly informationRequests: readonly {
    readonly id: string;
    readonly operatorCode: string;
    readonly questions: readonly string[];
    readonly answer: string | null;
    readonly issuedAt: string;
    readonly dueAt: string;
    readonly answeredAt: string | null;
    readonly state: string;
  }[];
  readonly decision: {
    readonly proposedOutcome: string;
    readonly reasonCode: string;
    readonly findings: string;
    readonly proposedBy: string;
    readonly proposedAt: string;
    readonly approvedBy: string | null;
    readonly approvedAt: string | null;
  } | null;
  readonly blockOrders: readonly {
    readonly id: string;
    readonly sequence: number | null;
    readonly msisdn: string;
    readonly operatorCode: string;
    readonly orderKind: string;
    readonly state: string;
    readonly version: number;
    readonly measures: readonly string[];
    readonly reason: string;
    readonly issuedAt: string | null;
    readonly deliveredAt: string | null;
    readonly acknowledgedAt: string | null;
    readonly enforcedAt: string | null;
    readonly liftedAt: string | null;
    readonly validUntil: string | null;
    readonly liftSequence: number | null;
    /** Id of the order, of the same case, that took this one's place. */
    readonly supersededBy?: string | null;
  }[];
  readonly appeals: readonly {
    readonly id: string;
    readonly orderId: string;
    readonly state: string;
    readonly version: number;
    readonly grounds: string;
    readonly statement: string;
    readonly filedAt: string;
    readonly dueAt: string;
    readonly decidedBy: string | null;
    readonly approvedBy: string | null;
    readonly decision: string | null;
  }[];
  readonly losses: readonly {
    readonly id: string;
    readonly bank: string;
    /** Tenge with two decimals. */
    readonly amount: string;
    readonly occurredAt: string;
    readonly transactionRef: string;
  }[];
  readonly clocks: readonly {
    readonly id: string;
    readonly ruleId: string;
    readonly ruleVersion: number;
    readonly party: string;
    readonly orderId: string | null;
    readonly startedAt: string;
    readonly deadlineAt: string;
    readonly stoppedAt: string | null;
    readonly state: string;
  }[];
  /** What was done in the case and is told by nothing above, in the order in which it was done. Absent when nothing is known of it. */
  readonly history?: readonly CaseHistoryStep[];
}

/** Steps of a case that leave no row of their own, or none with person and instant. */
export const CASE_HISTORY_STEPS = [
  'TRIAGED',
  'DISMISSED',
  'ASSIGNED',
  /** The case turned out to repeat `duplicateOf`; `about` names the reports that moved there. */
  'MERGED',
  /** A proposal that was rejected later; `words` has outcome, reasonCode and findings. */
  'PROPOSED',
  'REJECTED',
  /** `about` names the loss. */
  'LOSS_RECORDED',
  /** `about` names the order. */
  'LIFT_PROPOSED',
  'LIFT_ORDERED',
  /** `about` names the appeal. */
  'APPEAL_REVIEW_STARTED',
  'APPEAL_PROPOSED',
  'APPEAL_DECIDED',
  'CLOSED',
] as const;

/** One such step. */
export interface CaseHistoryStep {
  readonly step: (typeof CASE_HISTORY_STEPS)[number];
  readonly at: string;
  /** The person or organisation that did it. */
  readonly by: string;
  readonly about?: readonly string[];
  readonly words?: Readonly<Record<string, string>>;
}
