// Who may see which field: the table, as data. One row gives fields of a type and, for each role in the order of ACTOR_ROLES, one letter. What
// is not here is nobody's: policy.ts refuses it, and composing refuses a schema that has it. What a letter demands is decided in policy.ts.
//
//   -  refused                                   w  rows of cases in the reader's charge
//   +  open to the role                          t  as w, and cases that wait for somebody to take them
//   m  an operator's datum, masked class         o  rows of the reader's own organisation
//   c  an operator's datum, clear class          r  as o, and a person is shown as a role's name
//   p  only for a case and with a purpose        s  open, and a person is shown as a pseudonym

import { ACTOR_ROLES, type ActorRole } from '../vocabulary/role';

/** What a role must have or be to see a field. */
export const FIELD_ACCESSES = [
  'NONE',
  'OPEN',
  'MASKED',
  'CLEAR',
  'PURPOSE',
  'CHARGE',
  'TRIAGE',
  'OWN',
  'OWN_ROLE_NAME',
  'PSEUDONYM',
] as const;
export type FieldAccess = (typeof FIELD_ACCESSES)[number];

/** What each role needs for one field. */
export type FieldRule = Readonly<Record<ActorRole, FieldAccess>>;

const LETTERS: ReadonlyMap<string, FieldAccess> = new Map([
  ['-', 'NONE'],
  ['+', 'OPEN'],
  ['m', 'MASKED'],
  ['c', 'CLEAR'],
  ['p', 'PURPOSE'],
  ['w', 'CHARGE'],
  ['t', 'TRIAGE'],
  ['o', 'OWN'],
  ['r', 'OWN_ROLE_NAME'],
  ['s', 'PSEUDONYM'],
]);

type Row = readonly [type: string, fields: string, letters: string];

/** Letters stand for INVESTIGATOR SUPERVISOR APPEALS · OPERATOR BANK ANALYST · AUDITOR DISPATCHER PORTAL ADMIN. */
const ROOTS: readonly Row[] = [
  ['Query', 'phoneNumber', '++- -+- ----'],
  ['Query', 'phoneNumbers', '++- --- ----'],
  ['Query', 'person legalEntity device', 'pp- --- ----'],
  ['Query', 'operators', '+++ +++ +--+'],
  ['Query', 'fraudCase fraudCases', '+++ ++- +---'],
  ['Query', 'blockOrder blockOrders', '+++ +-- +---'],
  ['Query', 'appeals', '-++ --- ----'],
  ['Query', 'dutyClocks', '+++ ++- +---'],
  ['Query', 'informationRequests', '++- +-- ----'],
  ['Query', 'caseStatistics', '-+- --+ +---'],
  ['Query', 'dutyReport', '-+- +++ +---'],
  ['Query', 'auditCheckpoint', '+++ ++- +--+'],
  ['Query', 'auditReceipt', '+++ --- +---'],
  ['Query', 'accessTrail', '--- --- +-+-'],
  ['Subscription', 'caseUpdated', '+++ --- ----'],
  ['Subscription', 'blockOrderIssued', '--- +-- ----'],
  ['Mutation', 'reportSuspicion', '++- ++- --+-'],
  ['Mutation', 'triageReport assignCase addCaseSubject addEvidence', '++- --- ----'],
  ['Mutation', 'issueTemporaryBlock cancelBlockOrder requestInformation', '++- --- ----'],
  ['Mutation', 'proposeDecision closeCase markDuplicate assessLiability', '++- --- ----'],
  ['Mutation', 'reopenCase requestLift', '+++ --- ----'],
  ['Mutation', 'rejectDecision approveDecision approveReopening approveLift approveLiability', '-+- --- ----'],
  ['Mutation', 'recordLoss', '++- -+- ----'],
  ['Mutation', 'recordTransactionHold', '--- -+- ----'],
  ['Mutation', 'recordCheckResult answerInformationRequest', '--- +-- ----'],
  ['Mutation', 'fileAppeal', '--+ --- --+-'],
  ['Mutation', 'startAppealReview decideAppeal', '--+ --- ----'],
  ['Mutation', 'approveAppealDecision', '-++ --- ----'],
  ['Mutation', 'breakGlass', '++- --- ----'],
  ['Mutation', 'reviewBreakGlass', '-+- --- ----'],
  ['Mutation', 'executeBlockOrder', '--- --- -+--'],
];

/** Cases and what is gathered in them. Words that somebody wrote about people go to those who work the case, and to an operator what is put to it. */
const CASES: readonly Row[] = [
  ['FraudCase', 'id number state outcome track fraudType severity openedAt dueAt version', 'tww oo- +---'],
  ['FraudCase', 'assignee', 'tww rr- s---'],
  ['FraudCase', 'duplicateOf', 'tww --- +---'],
  ['FraudCase', 'reports', 'tww oo- ----'],
  ['FraudCase', 'clocks', 'tww oo- +---'],
  ['FraudCase', 'subjects', 'tww --- ----'],
  ['FraudCase', 'evidence decision appeals liability', 'www --- ----'],
  ['FraudCase', 'losses', 'www -o- ----'],
  ['FraudCase', 'informationRequests', 'www o-- ----'],
  ['FraudCase', 'blockOrders', 'www o-- +---'],
  ['FraudCase', 'trail', 'tww --- +---'],
  ['CaseSubject', 'role addedAt number ground', 'tww --- ----'],
  ['CaseSubject', 'addedBy', 'tww --- ----'],
  ['SuspicionReport', 'id source sourceRef receivedAt', 'tww oo- --o-'],
  ['SuspicionReport', 'channel fraudType occurredAt detectedAt reporter suspect victim', 'tww oo- ----'],
  ['SuspicionReport', 'text', 'tww o-- ----'],
  ['Evidence', 'id kind sha256 capturedAt capturedBy locked note', 'www --- ----'],
  ['Decision', 'proposedOutcome reasonCode findings proposedBy proposedAt approvedBy approvedAt', 'www --- ----'],
  ['InformationRequest', 'id operatorCode issuedAt dueAt answeredAt state case questions answer', 'www o-- ----'],
  ['Loss', 'id amount bank occurredAt transactionRef', 'www -o- ----'],
  ['UserError', 'code field message', '+++ ++- --+-'],
  ['PageInfo', 'endCursor hasNextPage', '+++ ++- +-+-'],
  ['FraudCaseConnection', 'nodes pageInfo totalCount', '+++ ++- +---'],
  ['SuspicionReportConnection', 'nodes pageInfo totalCount', '+++ --- ----'],
  ['InformationRequestConnection', 'nodes pageInfo totalCount', '++- +-- ----'],
  ['FraudCasePayload', 'case userErrors', '+++ ++- ----'],
  ['ReportSuspicionPayload', 'case', '+++ ++- ----'],
  ['ReportSuspicionPayload', 'clocks', '+++ ++- ----'],
  ['ReportSuspicionPayload', 'duplicate report userErrors', '+++ ++- --+-'],
];

/** Orders, appeals, duties, liability. */
const ORDERS: readonly Row[] = [
  ['BlockOrder', 'id kind measures state version operatorCode sequence liftSequence', 'www o-- +---'],
  ['BlockOrder', 'issuedAt deliveredAt acknowledgedAt enforcedAt liftedAt validUntil supersededBy', 'www o-- +---'],
  ['BlockOrder', 'case', 'www o-- +---'],
  ['BlockOrder', 'document receipt liftDocument liftReceipt target reason', 'www o-- ----'],
  ['BlockStatus', 'state', '+++ -+- ----'],
  ['BlockStatus', 'reason since until underAppeal order', '+++ --- ----'],
  ['BlockOrderConnection', 'nodes pageInfo totalCount', '+++ +-- +---'],
  ['BlockOrderPayload', 'order userErrors', '+++ --- ----'],
  ['Appeal', 'id state version grounds filedAt dueAt', 'www --- --+-'],
  ['Appeal', 'order statement decision decidedBy approvedBy', 'www --- ----'],
  ['AppealConnection', 'nodes pageInfo totalCount', '-++ --- ----'],
  ['AppealPayload', 'appeal userErrors', '-++ --- --+-'],
  ['DutyClock', 'id deadlineAt overrunSeconds party rule startedAt state stoppedAt case', 'tww oo- +---'],
  ['DutyClock', 'order', 'tww o-- +---'],
  ['DutyClockConnection', 'nodes pageInfo totalCount', '+++ ++- +---'],
  ['DutyRule', 'id title version status obliged deadline', '+++ ++- +---'],
  ['DutyReportRow', 'party ruleId started met breached running p95Seconds', '-+- oo+ +---'],
  ['DutyBreach', 'acts causal clock', '+++ --- ----'],
  [
    'LiabilityAssessment',
    'id assessedAt approvedAt assessedBy approvedBy breaches explanation loss mode shares state version',
    'www --- ----',
  ],
  ['LiabilityShare', 'party claimable claimableBasisPoints regress regressBasisPoints', '+++ --- ----'],
  ['LiabilityPayload', 'assessment userErrors', '++- --- ----'],
];

/** The joint log and figures. */
const LOG: readonly Row[] = [
  ['TrailEntry', 'act at author leafHash logIndex recordedAt state summary', '+++ --- +---'],
  ['TrailEntry', 'actor', '+++ --- s---'],
  ['TrailConnection', 'nodes pageInfo', '+++ --- +---'],
  ['AuditCheckpoint', 'note origin rootHash signedAt size state', '+++ ++- +--+'],
  ['AuditReceipt', 'actId leafHash logIndex promise proof state', '+++ --- +---'],
  // Auditors are told pseudonyms, the one looked at roles: by the trail itself, which knows for whom it is read.
  [
    'AccessRecord',
    'act actor organisation purpose fields subjectCount allowed at logIndex leafHash state',
    '--- --- +-+-',
  ],
  ['AccessRecord', 'case', '--- --- +---'],
  ['AccessTrailConnection', 'nodes pageInfo', '--- --- +-+-'],
  ['BreakGlass', 'id until reviewedBy justified', '++- --- ----'],
  ['BreakGlassPayload', 'breakGlass userErrors', '++- --- ----'],
  ['CaseStatistic', 'key opened confirmed refuted medianSecondsToBlock', '-+- --+ +---'],
];

/** Numbers and whose they are, as numbering and the bank know it. */
const NUMBERS: readonly Row[] = [
  ['PhoneNumber', 'msisdn', '+++ ++- ----'],
  ['PhoneNumber', 'blockStatus', '+++ -+- ----'],
  ['PhoneNumber', 'openCase cases reports', '+++ --- ----'],
  ['PhoneNumber', 'currentTenure servingOperator', '++- -+- ----'],
  ['PhoneNumber', 'tenures portings rangeHolder', '++- --- ----'],
  ['Operator', 'code name brands', '+++ +++ +--+'],
  ['Porting', 'completedAt donor recipient', '++- --- ----'],
  ['Person', 'iin holdings simCap', '++- --- ----'],
  ['SimCapStatus', 'activeLines cap complete state', '++- --- ----'],
  ['LegalEntity', 'bin holdings', '++- --- ----'],
  ['Device', 'imei sightings', '++- --- ----'],
];

/** What operators keep. Key fields need no grant; who may ask the others, and at which class, is what the bank grants by. */
const OPERATORS: readonly Row[] = [
  ['OperatorTenure', 'msisdn operatorCode since', '++- -+- ----'],
  ['OperatorTenure', 'number until', '++- --- ----'],
  ['OperatorTenure', 'simSwap deviceSwap kycMatch risk', 'mm- -m- ----'],
  ['OperatorTenure', 'contract contracts enforcements services', 'mm- --- ----'],
  ['OperatorTenure', 'usage', 'cc- --- ----'],
  ['SimSwap', 'swapped monitoredPeriodDays', 'mm- -m- ----'],
  ['SimSwap', 'latestSimChange', 'mm- --- ----'],
  ['DeviceSwap', 'swapped monitoredPeriodDays', 'mm- -m- ----'],
  ['DeviceSwap', 'latestDeviceChange', 'mm- --- ----'],
  [
    'LineContract',
    'id activatedAt endedAt plan status assignedUser subscriber dealer devices simCards verification',
    'mm- --- ----',
  ],
  ['Subscriber', 'kind bin maskedIin maskedName', 'mm- --- ----'],
  ['Subscriber', 'iin fullName', 'cc- --- ----'],
  ['SimCard', 'maskedIccid issuedAt replacedAt reason', 'mm- --- ----'],
  ['SimCard', 'iccid', 'cc- --- ----'],
  ['DeviceUse', 'maskedImei model firstSeenAt lastSeenAt distinctImsi30d registryStatus', 'mm- --- ----'],
  ['DeviceUse', 'imei', 'cc- --- ----'],
  ['Dealer', 'id name region soldAt', 'mm- --- ----'],
  ['BiometricVerification', 'attempts method result verifiedAt', 'mm- --- ----'],
  ['RiskAssessment', 'level', 'mm- -m- ----'],
  ['RiskAssessment', 'computedAt indicators ruleSetVersion', 'mm- --- ----'],
  ['RiskIndicator', 'code firedAt severity threshold value windowHours', 'mm- --- ----'],
  ['ServiceStatus', 'voiceIn voiceOut smsIn smsOut data portFreeze simSwapFreeze reason readAt', 'mm- --- ----'],
  ['BlockEnforcement', 'orderId sequence state services receivedAt enforcedAt liftedAt', 'mm- --- ----'],
  [
    'UsageDay',
    'day callsIn callsOut complaints dataMb distinctCallees distinctCells distinctImei distinctSmsRecipients',
    'cc- --- ----',
  ],
  ['UsageDay', 'minutesIn minutesOut nightShare shortCallShare smsIn smsOut topCellShare', 'cc- --- ----'],
  ['OperatorHolding', 'iin operatorCode', '++- --- ----'],
  ['OperatorHolding', 'activeLineCount capJustifications tenures', 'mm- --- ----'],
  ['CapJustification', 'id status purpose requestedLines decidedAt expiresAt', 'mm- --- ----'],
  ['CapJustification', 'devices', 'cc- --- ----'],
  ['CorporateHolding', 'bin operatorCode', '++- --- ----'],
  ['CorporateHolding', 'activeLineCount tenures', 'mm- --- ----'],
  ['DeviceSighting', 'imei operatorCode', '++- --- ----'],
  ['DeviceSighting', 'distinctImsi30d firstSeenAt lastSeenAt registryStatus tenures', 'mm- --- ----'],
  // The delivery of an order; authorised by the order's own signature, not by a grant.
  ['BlockReceipt', 'orderId sequence outcome enforcedAt receipt', '--- --- -+--'],
];

/** Every rule, by coordinate (`Type.field`), in the order of the table. */
export const FIELD_RULES: ReadonlyMap<string, FieldRule> = readRules([
  ...ROOTS,
  ...CASES,
  ...ORDERS,
  ...LOG,
  ...NUMBERS,
  ...OPERATORS,
]);

function readRules(rows: readonly Row[]): ReadonlyMap<string, FieldRule> {
  const rules = new Map<string, FieldRule>();
  for (const [type, fields, letters] of rows) {
    const rule = readLetters(type, letters);
    for (const field of fields.split(' ')) {
      const coordinate = `${type}.${field}`;
      if (rules.has(coordinate)) throw new Error(`The field ${coordinate} has two rules.`);
      rules.set(coordinate, rule);
    }
  }
  return rules;
}

function readLetters(type: string, text: string): FieldRule {
  const letters = text.replaceAll(' ', '');
  const rule = ACTOR_ROLES.map((role, place) => {
    const access = LETTERS.get(letters.charAt(place));
    if (access === undefined || letters.length !== ACTOR_ROLES.length) {
      throw new Error(`A rule of ${type} does not have one letter for each role.`);
    }
    return [role, access] as const;
  });
  return Object.fromEntries(rule) as Record<ActorRole, FieldAccess>;
}
