// Races about appeals and liability: who decides at the same instant as another person, or as the timer.

import { lapseAppeal } from '../../../../subgraphs/fraud-cases/commands/appeal-commands';
import { liabilityCommands } from '../../../../subgraphs/fraud-cases/commands/liability-commands';
import { kzt, timeAfter } from '../domain/case-fixture';
import { as, type CaseOffice, done, numberOf } from './case-office';
import { atOnce, type Round, won } from './race-endings';

/** Every race by its name. */
export const DUTY_RACES: Readonly<Record<string, (round: Round) => Promise<readonly string[]>>> = {
  'two people approve an appeal': approveAppeal,
  'two appeals against one block': appealTwice,
  'an appeal is approved while it lapses': approveWhileItLapses,
  'two people approve an assessment': approveAssessment,
};

async function approveAppeal(round: Round): Promise<readonly string[]> {
  const { office, random } = round;
  const { appealId, caseId } = await decidedAppeal(round);
  const people = random() < 0.5 ? ['supervisor-1', 'supervisor-2'] : ['supervisor-1', 'supervisor-1', 'appeals-1'];
  const endings = await atOnce(
    people.map((person) => () => office.appeals.approveAppealDecision(as(person), { appealId, expectedVersion: 3 })),
  );
  return [...won(endings, 1), ...(await toldOnce(office, caseId))];
}

async function appealTwice(round: Round): Promise<readonly string[]> {
  const { orderId } = await blockedLine(round);
  const input = { orderId, grounds: 'OTHER', statement: 'It is mine.' } as const;
  const people = ['portal-1', 'portal-2', 'appeals-1'];
  return won(await atOnce(people.map((person) => () => round.office.appeals.fileAppeal(as(person), input))), 1);
}

/** The timer's answer is made like the others': what it did not do, it refused. */
async function approveWhileItLapses(round: Round): Promise<readonly string[]> {
  const { office } = round;
  const { appealId, caseId } = await decidedAppeal(round);
  await makeOverdue(office, appealId);
  const endings = await atOnce([
    () => office.appeals.approveAppealDecision(as('supervisor-1'), { appealId, expectedVersion: 3 }),
    async () => {
      const isLapsed = await lapseAppeal(office.desk, appealId);
      const late = { code: 'ILLEGAL_TRANSITION', message: '', field: null } as const;
      return { ids: {}, userErrors: isLapsed ? [] : [late] };
    },
  ]);
  return [...won(endings, 1), ...(await toldOnce(office, caseId))];
}

async function approveAssessment({ office, ordinal, random }: Round): Promise<readonly string[]> {
  const liability = liabilityCommands(office.desk);
  const caseId = await office.investigated(ordinal);
  const input = { bank: 'bank-1', amount: kzt('1000.00'), occurredAt: timeAfter(0), transactionRef: 'T-1' };
  done(await office.cases.recordLoss(as('bank-1'), { caseId, input }));
  const lossId = await lossOf(office, caseId);
  const made = done(await liability.assessLiability(as('supervisor-1'), { caseId, lossId, mode: 'PROPORTIONAL' }));
  const command = { assessmentId: String(made.ids.assessment), expectedVersion: 1 };
  const people = random() < 0.5 ? ['supervisor-2', 'supervisor-3'] : ['supervisor-1', 'supervisor-2', 'supervisor-2'];
  return won(await atOnce(people.map((person) => () => liability.approveLiability(as(person), command))), 1);
}

async function blockedLine({ office, ordinal }: Round) {
  const caseId = await office.investigated(ordinal);
  const block = { caseId, msisdn: numberOf(ordinal), reason: 'A mule.', hours: 672, measures: null };
  const { ids } = done(await office.orders.issueTemporaryBlock(as('investigator-1'), block));
  return { caseId, orderId: String(ids.order) };
}

/** An appeal that appeals-1 wants to be upheld. */
async function decidedAppeal(round: Round) {
  const { appeals } = round.office;
  const { caseId, orderId } = await blockedLine(round);
  const input = { orderId, grounds: 'OTHER', statement: 'It is mine.' } as const;
  const appealId = String(done(await appeals.fileAppeal(as('portal-1'), input)).ids.appeal);
  done(await appeals.startAppealReview(as('appeals-1'), appealId));
  done(await appeals.decideAppeal(as('appeals-1'), { appealId, upheld: true, reason: 'Another man.' }));
  return { caseId, appealId };
}

/** Moves the row's own instant past the rules of the tables: all rounds share one clock. The id is this test's own. */
async function makeOverdue(office: CaseOffice, appealId: string): Promise<void> {
  await office.rows(
    `BEGIN; SET LOCAL session_replication_role = replica; UPDATE appeal SET due_at = filed_at WHERE id = '${appealId}'; COMMIT`,
  );
}

/** The appeal was decided in one act, and the block ended in one. */
async function toldOnce(office: CaseOffice, caseId: string): Promise<readonly string[]> {
  const acts = await office.actsOf(caseId);
  const count = (...kinds: readonly string[]): number => acts.filter((kind) => kinds.includes(kind)).length;
  const [decided, ended] = [count('appeal.decided'), count('block.cancelled')];
  return decided === 1 && ended === 1 ? [] : [`decided ${decided} times, ended ${ended} times`];
}

async function lossOf(office: CaseOffice, caseId: string): Promise<string> {
  const [row] = await office.rows<{ readonly id: string }>('SELECT id FROM loss WHERE case_id = $1', [caseId]);
  return row?.id ?? '';
}
