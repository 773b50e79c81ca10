// What a step leaves is what the next command reads: random histories over a real database, the record compared after every step, member by
// member. And whatever a command says to the database finds its rows by index, however many old cases there are.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import { loadCaseRecord, openCaseWork } from '../../../../subgraphs/fraud-cases/commands/case-work';
import { keepStep } from '../../../../subgraphs/fraud-cases/commands/step-keeping';
import type { Actor } from '../../../../subgraphs/fraud-cases/domain/actor';
import { CASE_COMMANDS, type CaseCommand } from '../../../../subgraphs/fraud-cases/domain/case-command';
import { type CaseRecord, suspectsOf } from '../../../../subgraphs/fraud-cases/domain/case-record';
import { stepCase } from '../../../../subgraphs/fraud-cases/domain/case-step';
import { caseRows } from '../../../../subgraphs/fraud-cases/domain/case-transitions';
import { liveOrdersOf } from '../../../../subgraphs/fraud-cases/store/case-record-reads';
import { allowedCommand } from '../domain/case-fixture';
import { as, type CaseOffice, done, numberOf, openCaseOffice } from './case-office';
import { seededRandom } from './race-campaign';

let office: CaseOffice;
beforeAll(async () => {
  office = await openCaseOffice();
}, 60_000);
afterAll(() => office?.close());

const HISTORIES = 8;
const STEPS = 25;
const PEOPLE = ['investigator-1', 'supervisor-1', 'supervisor-2'].map((person) => as(person).actor);

/** The record with its lists in one order: what order they are read in is nobody's concern here. */
function inOrder(record: CaseRecord): unknown {
  const sorted = Object.entries(record).map(([member, value]: [string, unknown]) => [
    member,
    Array.isArray(value) ? value.map((each) => JSON.stringify(each, keysSorted)).toSorted() : value,
  ]);
  return Object.fromEntries(sorted);
}

function keysSorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A command that the table allows in the state, with ids, numbers and facts of this case. */
async function commandFor(record: CaseRecord, random: () => number, subject: Msisdn, session: never) {
  const possible = CASE_COMMANDS.filter(
    (name) =>
      caseRows(record.case.state, name).length > 0 &&
      // A merge has two cases, and is looked at by itself.
      !['markDuplicate', 'takeReports', 'expireInformationRequest', 'closeCase'].includes(name),
  );
  const kind = possible[Math.floor(random() * possible.length)] ?? 'assignCase';
  const [command, actor] = allowedCommand(kind, record);
  const id = `${kind}-${Math.floor(random() * 1e9)}`;
  const changed = { ...command } as Record<string, unknown> & { kind: string };
  if ('id' in changed) changed.id = id;
  const live = await liveOrdersOf(session, suspectsOf(record));
  const targetOf = (msisdn: Msisdn) => ({
    msisdn,
    servedBy: 'kcell' as OperatorCode,
    live: live.find((order) => order.msisdn === msisdn) ?? null,
  });
  if (kind === 'addCaseSubject') Object.assign(changed, { msisdn: subject, ground: record.reports[0]?.id ?? '' });
  if (kind === 'approveDecision') changed.targets = suspectsOf(record).map(targetOf);
  if (kind === 'issueTemporaryBlock') changed.target = targetOf(suspectsOf(record)[0] ?? subject);
  if (kind === 'reportSuspicion') {
    const [report] = record.reports;
    changed.report = { ...report, id, sourceRef: id };
    changed.indicators = ['IN_OUT_RATIO'];
  }
  if (kind === 'triageReport' && random() < 0.5) changed.track = 'OPERATOR_CHECK';
  const other = PEOPLE[Math.floor(random() * PEOPLE.length)];
  const isOfCenter = actor.organisation === 'afc' && actor.person !== 'system' && kind !== 'proposeDecision';
  return [changed as unknown as CaseCommand, isOfCenter && other !== undefined ? other : actor] as const;
}

async function walk(seed: number): Promise<Readonly<Record<string, number>>> {
  const random = seededRandom(seed);
  const caseId = await office.reported(seed * 10);
  const taken: Record<string, number> = {};
  for (let step = 0; step < STEPS; step += 1) {
    const kept = await office.desk.transactions.run(async (session, now) => {
      const reading = openCaseWork({ ...office.desk, session, now, actor: as('supervisor-1').actor });
      const record = await loadCaseRecord(reading, caseId);
      if (record === null) throw new Error('The case is gone.');
      const [command, actor]: readonly [CaseCommand, Actor] = await commandFor(
        record,
        random,
        numberOf(seed * 10 + 1 + (step % 8)),
        session as never,
      );
      const work = openCaseWork({ ...office.desk, session, now: reading.now, actor });
      const stepped = stepCase(record, command, actor, work.now);
      if (!stepped.ok) return { commits: false, value: null };
      const value = await keepStep(work, record, stepped.value);
      taken[command.kind] = (taken[command.kind] ?? 0) + 1;
      return { commits: value.ok, value: value.ok ? value.value : null };
    });
    if (kept === null) continue;
    const read = await office.desk.transactions.run(async (session, now) => {
      const work = openCaseWork({ ...office.desk, session, now, actor: as('supervisor-1').actor });
      return { commits: false, value: await loadCaseRecord(work, caseId) };
    });
    expect(read === null ? null : inOrder(read)).toEqual(inOrder(kept));
  }
  return taken;
}

describe('the statements of commands', () => {
  it('find their rows by index', async () => {
    const said = new Map<string, string>();
    const listening = await openCaseOffice([], (statement) => {
      if (statement.name !== undefined) said.set(statement.name, statement.text);
    });
    try {
      const caseId = await listening.proposed(1);
      const { version } = await listening.caseRow(caseId);
      const approve = { caseId, expectedVersion: Number(version), comment: '' };
      done(await listening.cases.approveDecision(as('supervisor-1', 'key'), approve));
      done(await listening.cases.reopenCase(as('supervisor-1'), { caseId, reason: 'New.' }));
      done(
        await listening.cases.approveReopening(as('supervisor-2'), { caseId, expectedVersion: Number(version) + 2 }),
      );
      expect([...said.keys()]).toEqual(
        expect.arrayContaining(['case_lock', 'case_record', 'open_cases_of', 'claim_key']),
      );
      for (const [name, text] of said) {
        if (!/^\s*(?:SELECT|INSERT|UPDATE|WITH)/.test(text)) continue;
        const plan = await listening.plan(text);
        expect([name, plan.filter((line) => line.includes('Seq Scan'))]).toEqual([name, []]);
      }
    } finally {
      await listening.close();
    }
  }, 60_000);
});

describe('the record of a case', () => {
  it('is read as it was kept, after every step of random histories', async () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= HISTORIES; seed += 1) for (const kind of Object.keys(await walk(seed))) kinds.add(kind);
    // The histories are worth something only if most commands took part.
    expect(kinds.size).toBeGreaterThanOrEqual(12);
  }, 60_000);
});
