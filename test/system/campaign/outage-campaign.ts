// An operator that is cut off for hours while orders for it are given, and lifts of some of them; then it comes back. The hours are virtual: the clocks
// of all databases are moved together, over a holiday. What waited must all arrive, in the order of each number, marked late, with the clocks of
// duties as they must be.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MortalNetwork, startMortalNetwork } from '../../support/mortal-network';
import { type Acknowledged, PatientClient } from '../../support/patient-client';
import { freeNumbers } from './free-numbers';
import { unsettled, wrongBetween } from './judgement';
import { wrongWithLog } from './log-judgement';

/** A campaign as it was asked for. */
export interface OutageCampaignOptions {
  /** Orders that wait for the operator. */
  readonly orders: number;
  readonly hours: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
  /** Leaves the network's folder where it is when something is wrong. */
  readonly keeps?: boolean;
}

/** What a campaign came to. */
export interface OutageCampaignOutcome {
  /** Orders given while the operator was away. */
  readonly orders: number;
  /** Lifts that waited: of blocks in force, and of orders that were cancelled before they arrived. */
  readonly lifts: number;
  readonly cancelled: number;
  /** Tasks in the outbox when the operator came back. */
  readonly waiting: number;
  readonly hours: number;
  /** Acts that mark an effect as late. */
  readonly late: number;
  /** From the operator's return until no order waited any more, and until nothing did. */
  readonly drainedMs: number | null;
  readonly settledMs: number | null;
  readonly ordersPerSecond: number | null;
  readonly failures: readonly string[];
}

/** 17:00 in Almaty on the day before Independence Day. */
export const CUT_OFF_AT = '2026-12-15T12:00:00.000Z';

/** Runs a campaign over a network of its own. */
export async function runOutageCampaign(options: OutageCampaignOptions): Promise<OutageCampaignOutcome> {
  const { orders, tell } = options;
  const scale = Math.ceil(orders * 1.6) + 60;
  tell(`starting a network of ${scale} lines per operator, on ${CUT_OFF_AT.slice(0, 10)} …`);
  const aheadMs = Date.parse(CUT_OFF_AT) - Date.now();
  const network = await startMortalNetwork({ scale, aheadMs });
  let isWrong = true;
  try {
    const outcome = await new OutageCampaign(network, options, aheadMs).run();
    isWrong = outcome.failures.length > 0;
    return outcome;
  } finally {
    const keeps = isWrong && options.keeps === true;
    if (keeps) tell(`the network is left in ${network.folder.path}`);
    await network.stop({ keeps });
  }
}

const BANK = 'fraud-cases';
const CLIENTS = 4;
const PATIENCE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Several batches of a scan. */
const SCAN_IS_OVER_MS = 4_000;
const SCAN_LOOK_MS = 500;
const NUMBERS_OF_A_CASE = 40;
/** One in so many orders is cancelled while it waits, and as many blocks in force before are lifted. */
const ONE_IN = 20;
const INVESTIGATOR = 'investigator-1';
const SUPERVISOR = 'supervisor-1';

class OutageCampaign {
  private readonly client: PatientClient;
  private readonly failures: string[] = [];
  private readonly operator: string;
  private readonly cases: string[] = [];

  constructor(
    private readonly network: MortalNetwork,
    private readonly options: OutageCampaignOptions,
    private readonly aheadMs: number,
  ) {
    this.operator = network.operators[options.seed % network.operators.length] ?? '';
    this.client = new PatientClient({
      gatewayUrl: network.plan('gateway').url,
      tokenOf: (user) => network.tokenOf(user),
      patienceMs: PATIENCE_MS,
    });
  }

  async run(): Promise<OutageCampaignOutcome> {
    const { network, operator } = this;
    const { orders, hours, tell } = this.options;
    const few = Math.ceil(orders / ONE_IN);
    await this.untilScanned();
    const numbers = await freeNumbers(network, operator, orders + few);
    if (numbers.length < orders + few) throw new Error(`${operator} has only ${numbers.length} free numbers.`);
    const before = await this.blockBefore(numbers.slice(0, few));
    await this.untilSettled();

    tell(`${operator} is cut off, and ${orders} blocks are ordered …`);
    await network.kill(operator);
    const cutOffAt = await this.now();
    await this.orderAll(numbers.slice(few));
    for (const orderId of before) await this.lift(orderId);
    const cancelled = await this.cancelSome(before);
    for (let hour = 1; hour <= hours; hour += 1) {
      await network.setAhead(this.aheadMs + hour * HOUR_MS);
      await sleep(1_000);
    }
    const waiting = await this.waiting();
    const wanted = orders + few;
    if (waiting !== wanted) this.failures.push(`${waiting} tasks waited for ${operator}, and ${wanted} were ordered`);

    tell(`${operator} comes back after ${hours} hours to ${waiting} orders and lifts …`);
    const backAt = await this.now();
    await network.start(operator);
    const from = performance.now();
    const drainedMs = await this.until(from, async () => (await this.waiting()) === 0, 'orders wait');
    const settledMs = await this.until(from, async () => (await unsettled(network)).length === 0, 'acts wait');
    const late = await this.judge(before, { cutOffAt, backAt });
    return {
      orders,
      lifts: before.length,
      cancelled,
      waiting,
      hours,
      late,
      drainedMs,
      settledMs,
      ordersPerSecond: drainedMs === null ? null : Math.round((waiting * 10_000) / drainedMs) / 10,
      failures: [...this.failures, ...network.endedAlone.map((program) => `ended by itself: ${program}`)],
    };
  }

  /** The operator looks at all its lines once when it starts, and reports some: those are not free. Over when no report has come for a while. */
  private async untilScanned(): Promise<void> {
    let [reports, unchangedMs] = [-1, 0];
    while (unchangedMs < SCAN_IS_OVER_MS) {
      await sleep(SCAN_LOOK_MS);
      const [row] = await this.network.rows<{ readonly count: number }>(
        this.operator,
        'SELECT count(*)::int AS count FROM suspicion_report',
      );
      unchangedMs = row?.count === reports ? unchangedMs + SCAN_LOOK_MS : 0;
      reports = row?.count ?? -1;
    }
  }

  /** Blocks for a time that are in force before the operator goes. */
  private async blockBefore(numbers: readonly string[]): Promise<readonly string[]> {
    const made: string[] = [];
    for (const part of partsOf(numbers)) {
      const caseId = await this.openCase(part);
      for (const msisdn of part) {
        const { payload } = await this.give(INVESTIGATOR, TEMPORARY, { caseId, msisdn });
        made.push((payload.order as { readonly id: string }).id);
      }
    }
    return made;
  }

  /** Cases of many numbers each, decided by two people: an order for every number. */
  private async orderAll(numbers: readonly string[]): Promise<void> {
    const waiting = [...partsOf(numbers)];
    let ordered = 0;
    const work = async (): Promise<void> => {
      for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
        await this.decideCase(await this.openCase(part));
        ordered += part.length;
        if (ordered % 200 < part.length) this.options.tell(`${ordered} of ${numbers.length} blocks are ordered`);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, work));
  }

  private async openCase(numbers: readonly string[]): Promise<string> {
    const [suspect, ...others] = numbers;
    const { payload } = await this.give('bank-1', REPORT, {
      input: {
        source: 'BANK_SIGNAL',
        sourceRef: `outage-${suspect}`,
        suspect,
        channel: 'CALL',
        fraudType: 'PHONE_IMPERSONATION',
      },
    });
    const { id: caseId } = payload.case as { readonly id: string };
    const { id: ground } = payload.report as { readonly id: string };
    const input = { severity: 'HIGH', fraudType: 'PHONE_IMPERSONATION', track: 'AFC_INVESTIGATION' };
    await this.give(INVESTIGATOR, TRIAGE, { caseId, input });
    await this.give(INVESTIGATOR, ASSIGN, { caseId, assignee: INVESTIGATOR });
    for (const msisdn of others) {
      await this.give(INVESTIGATOR, SUBJECT, { caseId, input: { msisdn, role: 'SUSPECT', ground } });
    }
    this.cases.push(caseId);
    return caseId;
  }

  private async decideCase(caseId: string): Promise<void> {
    const sha256 = createHash('sha256').update(caseId).digest('hex');
    await this.give(INVESTIGATOR, EVIDENCE, { caseId, input: { kind: 'AUDIO', sha256, capturedAt: LONG_AGO } });
    const version = async (): Promise<number> =>
      Number((await this.client.ask(INVESTIGATOR, VERSION, { caseId })).version);
    const input = { outcome: 'CONFIRMED', reasonCode: 'PHONE_IMPERSONATION', findings: 'False officers of a bank.' };
    await this.give(INVESTIGATOR, PROPOSE, { caseId, input: { ...input, expectedVersion: await version() } });
    await this.give(SUPERVISOR, APPROVE, { caseId, version: await version() });
  }

  private async lift(orderId: string): Promise<void> {
    const { payload } = await this.give(INVESTIGATOR, REQUEST_LIFT, { orderId });
    const { version } = payload.order as { readonly version: number };
    await this.give(SUPERVISOR, APPROVE_LIFT, { orderId, version });
  }

  /** Orders that nobody wants any more before they arrive; the lift that follows each must arrive alone or after it. */
  private async cancelSome(except: readonly string[]): Promise<number> {
    const rows = await this.network.rows<{ readonly id: string; readonly version: number }>(
      BANK,
      `SELECT id, version FROM block_order WHERE operator_code = $1 AND state = 'ISSUED' AND id <> ALL ($2) ORDER BY md5(id) LIMIT $3`,
      [this.operator, except, except.length],
    );
    for (const { id: orderId, version } of rows) await this.give(INVESTIGATOR, CANCEL, { orderId, version });
    return rows.length;
  }

  private async give(user: string, document: string, variables: object): Promise<Acknowledged> {
    const answer = await this.client.change(user, document, variables);
    if (answer.refusal !== null) throw new Error(`${document.trim().slice(0, 60)} was refused with ${answer.refusal}`);
    return answer;
  }

  private async waiting(): Promise<number> {
    const [row] = await this.network.rows<{ readonly count: number }>(
      BANK,
      'SELECT count(*)::int AS count FROM order_outbox',
    );
    return row?.count ?? -1;
  }

  private async now(): Promise<string> {
    const [row] = await this.network.rows<{ readonly now: Date }>(BANK, 'SELECT senim_now() AS now');
    return row?.now.toISOString() ?? '';
  }

  private async untilSettled(): Promise<void> {
    await this.until(performance.now(), async () => (await unsettled(this.network)).length === 0, 'before the outage');
  }

  /** Milliseconds until it is so; null, and a failure, when that takes longer than a minute and a tenth of a second for each order. */
  private async until(from: number, isSo: () => Promise<boolean>, what: string): Promise<number | null> {
    const limitMs = 60_000 + this.options.orders * 100;
    for (; performance.now() - from < limitMs; await sleep(100)) {
      if (await isSo()) return Math.round(performance.now() - from);
    }
    const left = await unsettled(this.network);
    this.failures.push(`${what} ${limitMs / 1000} seconds after it came back: ${left.join('; ')}`);
    return null;
  }

  /** Looks at every order, its clocks and its number; resolves with how many acts are marked late. */
  private async judge(
    before: readonly string[],
    { cutOffAt, backAt }: { readonly cutOffAt: string; readonly backAt: string },
  ): Promise<number> {
    const { network, operator, failures } = this;
    failures.push(...(await wrongBetween(network, operator, this.cases)));
    failures.push(...(await wrongWithLog(network, this.cases)));
    const orders = await network.rows<{ readonly id: string; readonly wrong: string }>(
      BANK,
      `SELECT id, format('order %s (%s) came to rest %s', id, kind, state) AS wrong FROM block_order WHERE case_id = ANY ($1)
         AND state <> CASE WHEN id = ANY ($2) THEN 'LIFTED' WHEN lift_sequence IS NOT NULL THEN 'CANCELLED' ELSE 'ENFORCED' END`,
      [this.cases, before],
    );
    failures.push(...orders.map(({ wrong }) => wrong));
    failures.push(...(await this.wrongClocks(backAt, cutOffAt)));
    failures.push(...(await this.wrongTurns()));
    const marks = await network.rows<{ readonly late: string; readonly count: number }>(
      BANK,
      `SELECT convert_from(value, 'UTF8') AS late, count(*)::int AS count FROM audit.disclosure JOIN audit.act ON act.id = act_id
       WHERE field = 'late' AND author = 'afc' AND act.at >= $1 AND case_id = ANY ($2::uuid[]) GROUP BY 1`,
      [backAt, this.cases],
    );
    const count = (late: string): number => marks.find((mark) => mark.late === late)?.count ?? 0;
    if (count('false') > 0) failures.push(`${count('false')} effects after the outage are not marked late`);
    const enforced = await this.enforcedSince(backAt);
    if (count('true') < enforced) failures.push(`${enforced} orders took effect late, ${count('true')} are marked so`);
    return count('true');
  }

  private async enforcedSince(backAt: string): Promise<number> {
    const [row] = await this.network.rows<{ readonly count: number }>(
      BANK,
      `SELECT count(*)::int AS count FROM block_order WHERE case_id = ANY ($1) AND state = 'ENFORCED' AND enforced_at >= $2`,
      [this.cases, backAt],
    );
    return row?.count ?? 0;
  }

  /** The operator's clocks begin when it is reached, not when it was away; the bank's days are working days, of which the holiday is none. */
  private async wrongClocks(backAt: string, cutOffAt: string): Promise<readonly string[]> {
    const rows = await this.network.rows<{ readonly wrong: string }>(
      BANK,
      `SELECT format('%s of case %s, about %s: started %s, ends %s, stopped %s, %s', rule_id, clock.case_id, order_id, started_at,
         deadline_at, stopped_at, clock.state) AS wrong
       FROM duty_clock clock LEFT JOIN block_order ordered ON ordered.id = clock.order_id
       WHERE clock.case_id = ANY ($1) AND (
         (rule_id IN ('OP-05', 'OP-06') AND ordered.issued_at >= $3 AND (started_at < $2 OR clock.state <> 'MET'))
         OR (rule_id = 'OP-13' AND (started_at < $2 OR clock.state <> 'MET'))
         OR (rule_id = 'AFC-02' AND deadline_at <> $4)
         OR (rule_id = 'AFC-03' AND clock.state <> 'MET')
         OR clock.state = 'BREACHED')`,
      [this.cases, backAt, cutOffAt, AFC_02_ENDS_AT],
    );
    const [counted] = await this.network.rows<{ readonly orders: number; readonly clocks: number }>(
      BANK,
      `SELECT (SELECT count(*)::int FROM block_order WHERE case_id = ANY ($1) AND enforced_at >= $2) AS orders,
         (SELECT count(*)::int FROM duty_clock WHERE case_id = ANY ($1) AND rule_id = 'OP-06' AND started_at >= $2) AS clocks`,
      [this.cases, backAt],
    );
    const missing =
      counted?.orders === counted?.clocks ? [] : [`${counted?.orders} orders, ${counted?.clocks} clocks of OP-06`];
    return [...rows.map(({ wrong }) => `clock ${wrong}`), ...missing];
  }

  /** At the operator, documents of a number took effect in the order of their sequences. */
  private async wrongTurns(): Promise<readonly string[]> {
    const rows = await this.network.rows<{ readonly wrong: string }>(
      this.operator,
      `SELECT format('%s executed sequence %s after %s', later.order_id, later.sequence, earlier.sequence) AS wrong
       FROM enforcement_event earlier JOIN audit.act first ON first.id = earlier.act_id
         JOIN enforcement_event later USING (msisdn) JOIN audit.act second ON second.id = later.act_id
       WHERE later.sequence < earlier.sequence AND second.recorded_at > first.recorded_at AND later.outcome <> 'SUPERSEDED'`,
    );
    return rows.map(({ wrong }) => wrong);
  }
}

/** Five working days after 15 December 2026: the 16th is Independence Day, the 19th and 20th a weekend; the end of the 23rd in Almaty. */
const AFC_02_ENDS_AT = '2026-12-23T19:00:00.000Z';
const LONG_AGO = '2026-01-15T10:00:00.000Z';

function partsOf(numbers: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(numbers.length / NUMBERS_OF_A_CASE);
  return Array.from({ length: count }, (_, part) =>
    numbers.slice(part * NUMBERS_OF_A_CASE, (part + 1) * NUMBERS_OF_A_CASE),
  );
}

const REPORT = `mutation ($input: ReportSuspicionInput!) {
  reportSuspicion(input: $input) { report { id } case { id } userErrors { code } }
}`;
const TRIAGE = `mutation ($caseId: ID!, $input: TriageInput!) {
  triageReport(caseId: $caseId, input: $input) { case { id } userErrors { code } }
}`;
const ASSIGN = `mutation ($caseId: ID!, $assignee: ID!) {
  assignCase(caseId: $caseId, assignee: $assignee) { case { id } userErrors { code } }
}`;
const SUBJECT = `mutation ($caseId: ID!, $input: CaseSubjectInput!) {
  addCaseSubject(caseId: $caseId, input: $input) { case { id } userErrors { code } }
}`;
const EVIDENCE = `mutation ($caseId: ID!, $input: EvidenceInput!) {
  addEvidence(caseId: $caseId, input: $input) { case { id } userErrors { code } }
}`;
const VERSION = 'query ($caseId: ID!) { fraudCase(id: $caseId) { version } }';
const PROPOSE = `mutation ($caseId: ID!, $input: DecisionInput!) {
  proposeDecision(caseId: $caseId, input: $input) { case { id } userErrors { code } }
}`;
const APPROVE = `mutation ($caseId: ID!, $version: Int!) {
  approveDecision(caseId: $caseId, expectedVersion: $version, comment: "The evidence suffices.") { case { id } userErrors { code } }
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
const CANCEL = `mutation ($orderId: ID!, $version: Int!) {
  cancelBlockOrder(orderId: $orderId, expectedVersion: $version, reason: "It was another one.") { order { id } userErrors { code } }
}`;
