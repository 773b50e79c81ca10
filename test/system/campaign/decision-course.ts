// What one decision of a campaign is: a case from its report to its approval, with a temporary block or a lift in some, by real people with
// real tokens. Each command that was acknowledged is written down with the act that must tell it.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledged, PatientClient } from '../../support/patient-client';

/** The courses that a case can take. */
export const COURSES = [
  'CONFIRM',
  'CONFIRM_LIFT',
  'TEMPORARY_CONFIRM',
  'TEMPORARY_REFUTE',
  'TEMPORARY_LIFT_CONFIRM',
] as const;
export type Course = (typeof COURSES)[number];

/** A command that was acknowledged: the act of this kind stands in the trail of the case. */
export interface AcknowledgedStep {
  readonly caseId: string;
  readonly kind: string;
  /** For acts about an order. */
  readonly orderId: string | null;
}

/** One decision. */
export interface Decision {
  readonly place: number;
  readonly msisdn: string;
  readonly course: Course;
}

/** A case that was decided. */
export interface DecidedCase {
  readonly decision: Decision;
  readonly caseId: string;
}

/** Takes one case through its course. Rejects when a command is refused that the course needs. */
export async function decide(
  client: PatientClient,
  decision: Decision,
  acknowledged: AcknowledgedStep[],
): Promise<DecidedCase> {
  return new CaseWalk(client, decision, acknowledged).run();
}

class CaseWalk {
  private caseId = '';
  private readonly investigator: string;
  private readonly supervisor: string;

  constructor(
    private readonly client: PatientClient,
    private readonly decision: Decision,
    private readonly acknowledged: AcknowledgedStep[],
  ) {
    this.investigator = `investigator-${1 + (decision.place % 2)}`;
    this.supervisor = `supervisor-${1 + (Math.floor(decision.place / 2) % 2)}`;
  }

  async run(): Promise<DecidedCase> {
    const { course } = this.decision;
    await this.report();
    await this.step('case.triaged', this.investigator, TRIAGE, {
      input: { severity: 'HIGH', fraudType: 'PHONE_IMPERSONATION', track: 'AFC_INVESTIGATION' },
    });
    await this.step('case.assigned', this.investigator, ASSIGN, { assignee: this.investigator });
    if (course.startsWith('TEMPORARY')) {
      const orderId = await this.blockForATime();
      if (course === 'TEMPORARY_LIFT_CONFIRM') await this.lift(orderId);
    }
    await this.step('evidence.added', this.investigator, EVIDENCE, {
      input: { kind: 'AUDIO', sha256: digest(`${this.caseId}`), capturedAt: LONG_AGO },
    });
    await this.atVersion('decision.proposed', this.investigator, PROPOSE, (expectedVersion) => ({
      input: {
        outcome: course === 'TEMPORARY_REFUTE' ? 'REFUTED' : 'CONFIRMED',
        reasonCode: 'PHONE_IMPERSONATION',
        findings: 'The caller posed as an officer of the bank.',
        expectedVersion,
      },
    }));
    await this.atVersion('decision.approved', this.supervisor, APPROVE, (version) => ({ version }));
    if (course === 'CONFIRM_LIFT') {
      const order = (await this.orders()).find(({ kind }) => kind === 'CONFIRMED');
      if (order !== undefined) await this.lift(order.id);
    }
    return { decision: this.decision, caseId: this.caseId };
  }

  private async report(): Promise<void> {
    const { msisdn, place } = this.decision;
    const answer = await this.client.change('bank-1', REPORT, {
      input: {
        source: 'BANK_SIGNAL',
        sourceRef: `campaign-${place}-${msisdn}`,
        suspect: msisdn,
        channel: 'CALL',
        fraudType: 'PHONE_IMPERSONATION',
      },
    });
    const opened = answer.payload.case as { readonly id: string } | null;
    if (answer.refusal !== null || opened === null) throw this.refused('reportSuspicion', answer);
    if (answer.payload.duplicate === true) throw new Error(`the report of ${place} was told twice`);
    this.caseId = opened.id;
    this.keep('suspicion.reported', null);
  }

  private async blockForATime(): Promise<string> {
    const answer = await this.client.change(this.investigator, TEMPORARY, {
      caseId: this.caseId,
      msisdn: this.decision.msisdn,
    });
    const order = answer.payload.order as { readonly id: string } | null;
    if (answer.refusal !== null || order === null) throw this.refused('issueTemporaryBlock', answer);
    this.keep('block.ordered', order.id);
    return order.id;
  }

  /** Two people lift a block that is in force. */
  private async lift(orderId: string): Promise<void> {
    await this.untilEnforced(orderId);
    const asked = await this.client.change(this.investigator, REQUEST_LIFT, { orderId });
    const { version } = (asked.payload.order ?? {}) as { readonly version?: number };
    if (asked.refusal !== null || version === undefined) throw this.refused('requestLift', asked);
    this.keep('lift.proposed', orderId);
    const approved = await this.client.change(this.supervisor, APPROVE_LIFT, { orderId, version });
    if (approved.refusal !== null) throw this.refused('approveLift', approved);
    this.keep('lift.ordered', orderId);
  }

  private async untilEnforced(orderId: string): Promise<void> {
    for (const end = performance.now() + ENFORCED_MS; performance.now() < end; await sleep(250)) {
      if ((await this.orders()).find(({ id }) => id === orderId)?.state === 'ENFORCED') return;
    }
    throw new Error(`order ${orderId} was not in force after ${ENFORCED_MS / 1000} seconds`);
  }

  private async orders(): Promise<readonly { readonly id: string; readonly state: string; readonly kind: string }[]> {
    const found = await this.client.ask(this.investigator, CASE, { caseId: this.caseId });
    return (found.blockOrders ?? []) as never;
  }

  private async step(kind: string, user: string, document: string, variables: object): Promise<void> {
    const answer = await this.client.change(user, document, { caseId: this.caseId, ...variables });
    if (answer.refusal !== null) throw this.refused(kind, answer);
    this.keep(kind, null);
  }

  /** A command that names the version it saw; what else happens to the case may raise it meanwhile. */
  private async atVersion(
    kind: string,
    user: string,
    document: string,
    variablesAt: (version: number) => object,
  ): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { version } = await this.client.ask(user, CASE, { caseId: this.caseId });
      const answer = await this.client.change(user, document, {
        caseId: this.caseId,
        ...variablesAt(Number(version)),
      });
      if (answer.refusal === null) return this.keep(kind, null);
      if (answer.refusal !== 'VERSION_CONFLICT' || attempt === MOST_VERSIONS) throw this.refused(kind, answer);
    }
  }

  private keep(kind: string, orderId: string | null): void {
    this.acknowledged.push({ caseId: this.caseId, kind, orderId });
  }

  private refused(what: string, { refusal, sent }: Acknowledged): Error {
    const { place, course } = this.decision;
    return new Error(
      `decision ${place} (${course}, case ${this.caseId}): ${what} was refused with ${refusal}, sent ${sent} times`,
    );
  }
}

const ENFORCED_MS = 90_000;
const MOST_VERSIONS = 20;
const LONG_AGO = '2026-01-15T10:00:00.000Z';

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const REPORT = `mutation ($input: ReportSuspicionInput!) {
  reportSuspicion(input: $input) { duplicate case { id } userErrors { code } }
}`;
const TRIAGE = `mutation ($caseId: ID!, $input: TriageInput!) {
  triageReport(caseId: $caseId, input: $input) { case { id } userErrors { code } }
}`;
const ASSIGN = `mutation ($caseId: ID!, $assignee: ID!) {
  assignCase(caseId: $caseId, assignee: $assignee) { case { id } userErrors { code } }
}`;
const EVIDENCE = `mutation ($caseId: ID!, $input: EvidenceInput!) {
  addEvidence(caseId: $caseId, input: $input) { case { id } userErrors { code } }
}`;
const PROPOSE = `mutation ($caseId: ID!, $input: DecisionInput!) {
  proposeDecision(caseId: $caseId, input: $input) { case { id } userErrors { code } }
}`;
const APPROVE = `mutation ($caseId: ID!, $version: Int!) {
  approveDecision(caseId: $caseId, expectedVersion: $version, comment: "The evidence suffices.") {
    case { id } userErrors { code }
  }
}`;
const TEMPORARY = `mutation ($caseId: ID!, $msisdn: Msisdn!) {
  issueTemporaryBlock(caseId: $caseId, msisdn: $msisdn, hours: 72, reason: "Calls go on.") { order { id } userErrors { code } }
}`;
const REQUEST_LIFT = `mutation ($orderId: ID!) {
  requestLift(orderId: $orderId, reason: "It was another one.") { order { id version } userErrors { code } }
}`;
const APPROVE_LIFT = `mutation ($orderId: ID!, $version: Int!) {
  approveLift(orderId: $orderId, expectedVersion: $version) { order { id } userErrors { code } }
}`;
const CASE = `query ($caseId: ID!) {
  fraudCase(id: $caseId) { version state blockOrders { id state kind } }
}`;
