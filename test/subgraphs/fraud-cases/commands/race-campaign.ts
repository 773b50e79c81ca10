// Commands that meet: each round builds a case, lets several people act on it at the same instant, and then looks at what was answered and at
// what the tables hold. Which race a round runs follows from its seed. A round gives back what is wrong, a sentence each.

import { withDefaults } from './case-arguments';
import { as, type CaseOffice, done, numberOf } from './case-office';
import { DUTY_RACES } from './duty-races';
import { atOnce, faultsOf, isWon, type Round, won } from './race-endings';

type Race = (round: Round) => Promise<readonly string[]>;

/** Every race by its name. */
export const RACES: Readonly<Record<string, Race>> = {
  'two people approve': (round) => approveAtOnce(round, ['supervisor-1', 'supervisor-2']),
  'one person approves twice': (round) => approveAtOnce(round, ['supervisor-1', 'supervisor-1', 'supervisor-1']),
  'approved while edited and rejected': approveWhileEdited,
  'two people propose': proposeAtOnce,
  'reports of one number': reportAtOnce,
  'one report told twice': tellTwice,
  'one key at once': keyAtOnce,
  'one key for two requests': keyForTwo,
  'two people reopen': reopenAtOnce,
  'reopened while reported': reopenWhileReported,
  'one suspect for two cases': suspectForTwo,
  'blocked for a time while decided': blockWhileDecided,
  'each the duplicate of the other': mergeEachOther,
  'dismissed while reported': dismissWhileReported,
  ...DUTY_RACES,
};

/** Runs the round of a seed; `ordinal` numbers rounds within a database. */
export async function raceOnce(office: CaseOffice, seed: number, ordinal: number): Promise<readonly string[]> {
  const names = Object.keys(RACES);
  const random = seededRandom(seed);
  const name = names[seed % names.length] ?? '';
  const run = RACES[name];
  if (run === undefined) return ['there is no such race'];
  const wrong = await run({ office, ordinal: ordinal * NUMBERS_PER_ROUND, random });
  return wrong.map((what) => `${name} (seed ${seed}): ${what}`);
}

/** What may never stand in the tables, over all cases at once: a sentence for each that does. */
export async function brokenRules(office: CaseOffice): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [what, sql] of Object.entries(NEVER)) {
    const [row] = await office.rows<{ readonly n: number }>(`SELECT count(*)::int AS n FROM (${sql}) AS found`);
    if (row?.n !== 0) wrong.push(`${row?.n} times ${what}`);
  }
  return wrong;
}

const NUMBERS_PER_ROUND = 5;

const NEVER: Readonly<Record<string, string>> = {
  'an appeal was decided by one person or by who took part': `SELECT id FROM appeal WHERE approved_by = decided_by OR decided_by = ANY (participants)
     OR approved_by = ANY (participants)`,
  'an assessment was approved by its author': `SELECT id FROM liability_assessment WHERE approved_by = assessed_by`,
  'a case was decided by fewer than two persons': `SELECT id FROM fraud_case WHERE state IN ('DECIDED', 'CLOSED') AND NOT EXISTS (
     SELECT FROM decision JOIN approval ON decision_id = decision.id WHERE case_id = fraud_case.id AND voided_at IS NULL
     GROUP BY decision.id HAVING count(DISTINCT person) = 2)`,
  'a number was the suspect of two open cases': `SELECT msisdn FROM case_number WHERE is_suspect AND case_is_open GROUP BY 1 HAVING count(*) > 1`,
  'a number had two live orders': `SELECT msisdn FROM block_order WHERE state IN ('ISSUED', 'ENFORCED', 'LIFT_ISSUED') GROUP BY 1 HAVING count(*) > 1`,
  'a confirmed block had no decision by two': `SELECT id FROM block_order WHERE kind = 'CONFIRMED' AND NOT is_decided_by_two(case_id, 'CONFIRMED', false)`,
  'a report was kept twice': `SELECT reporter FROM suspicion_report GROUP BY reporter, source, source_ref HAVING count(*) > 1`,
  'an act had no event': `SELECT id FROM audit.act WHERE author = 'afc' AND id NOT IN (SELECT act_id FROM case_event)`,
  'a case chain had a gap': `SELECT case_id FROM audit.act WHERE case_seq IS NOT NULL GROUP BY 1 HAVING max(case_seq) <> count(*)`,
  'a key was kept without its answer': 'SELECT key FROM idempotency_record WHERE answer IS NULL',
  'an act was dated before the one before it': `SELECT id FROM (SELECT id, at < lag(at) OVER (PARTITION BY case_id ORDER BY case_seq) AS is_back
     FROM audit.act WHERE case_seq IS NOT NULL) AS chain WHERE is_back`,
};

async function approveAtOnce(
  { office, ordinal, random }: Round,
  people: readonly string[],
): Promise<readonly string[]> {
  const caseId = await office.proposed(ordinal, random() < 0.5 ? 'CONFIRMED' : 'REFUTED');
  const sent = { caseId, expectedVersion: await versionOf(office, caseId), comment: '' };
  const endings = await atOnce(people.map((person) => () => office.cases.approveDecision(as(person), sent)));
  return [...won(endings, 1), ...(await grewBy(office, caseId, sent.expectedVersion, 1))];
}

async function approveWhileEdited({ office, ordinal }: Round): Promise<readonly string[]> {
  const caseId = await office.proposed(ordinal);
  const expectedVersion = await versionOf(office, caseId);
  const { cases } = office;
  const [approved, rejected, edited] = await atOnce([
    () => cases.approveDecision(as('supervisor-1'), { caseId, expectedVersion, comment: '' }),
    () => cases.rejectDecision(as('supervisor-2'), { caseId, expectedVersion, reason: 'No.' }),
    () => cases.addEvidence(as('investigator-1'), { caseId, input: withDefaults.evidence(`${caseId} late`) }),
  ]);
  const deciders = [approved, rejected].filter((ending) => ending !== undefined && isWon(ending)).length;
  const { state } = await office.caseRow(caseId);
  const shouldBe = approved !== undefined && isWon(approved) ? 'DECIDED' : 'UNDER_INVESTIGATION';
  const wonAll = [approved, rejected, edited].filter((ending) => ending !== undefined && isWon(ending)).length;
  return [
    ...faultsOf([approved, rejected, edited].flatMap((ending) => (ending === undefined ? [] : [ending]))),
    ...(deciders > 1 ? ['approved and rejected'] : []),
    ...(state === shouldBe ? [] : [`${String(state)} instead of ${shouldBe}`]),
    ...(await grewBy(office, caseId, expectedVersion, wonAll)),
  ];
}

async function proposeAtOnce({ office, ordinal }: Round): Promise<readonly string[]> {
  const caseId = await office.investigated(ordinal);
  done(await office.cases.addEvidence(as('investigator-1'), { caseId, input: withDefaults.evidence(caseId) }));
  const expectedVersion = await versionOf(office, caseId);
  const input = { ...withDefaults.decision, expectedVersion };
  const propose = () => office.cases.proposeDecision(as('investigator-1'), { caseId, input });
  const endings = await atOnce([propose, propose, propose]);
  return [...won(endings, 1), ...(await grewBy(office, caseId, expectedVersion, 1))];
}

async function reportAtOnce({ office, ordinal }: Round): Promise<readonly string[]> {
  const endings = await atOnce(
    ['bank-1', 'bank-2', 'portal-1', 'bank-3'].map((person) => () => {
      const source = person.startsWith('bank') ? 'BANK_SIGNAL' : 'CITIZEN_PORTAL';
      const told = withDefaults.report(numberOf(ordinal), `race-${ordinal}`, { source });
      return office.cases.reportSuspicion(as(person), told);
    }),
  );
  const cases = new Set(endings.map((ending) => ('answer' in ending ? ending.answer.ids.case : null)));
  return [...won(endings, 4), ...(cases.size === 1 ? [] : ['reports of one number stand in several cases'])];
}

async function tellTwice({ office, ordinal }: Round): Promise<readonly string[]> {
  const told = withDefaults.report(numberOf(ordinal), `race-${ordinal}`);
  const tell = () => office.cases.reportSuspicion(as('bank-1'), told);
  const endings = await atOnce([tell, tell, tell]);
  const first = endings.filter((ending) => 'answer' in ending && ending.answer.ids.duplicate === false).length;
  const ids = new Set(endings.map((ending) => ('answer' in ending ? ending.answer.ids.report : null)));
  return [...won(endings, 3), ...(first === 1 && ids.size === 1 ? [] : [`${first} first, ${ids.size} reports`])];
}

async function keyAtOnce({ office, ordinal }: Round): Promise<readonly string[]> {
  const caseId = await office.investigated(ordinal);
  const before = await versionOf(office, caseId);
  const caller = as('investigator-1', `race-${ordinal}`);
  const add = () => office.cases.addEvidence(caller, { caseId, input: withDefaults.evidence(caseId) });
  const endings = await atOnce([add, add, add, add]);
  const answers = new Set(
    endings.map((ending) => JSON.stringify('answer' in ending ? ending.answer.ids.evidence : null)),
  );
  return [
    ...won(endings, 4),
    ...(answers.size === 1 ? [] : ['one key has several answers']),
    ...(await grewBy(office, caseId, before, 1)),
  ];
}

async function keyForTwo({ office, ordinal }: Round): Promise<readonly string[]> {
  const caseId = await office.investigated(ordinal);
  const before = await versionOf(office, caseId);
  const caller = as('investigator-1', `race-${ordinal}`);
  const add = (text: string) => () => office.cases.addEvidence(caller, { caseId, input: withDefaults.evidence(text) });
  const endings = await atOnce([add('one'), add('two')]);
  const faults = endings.flatMap((ending) => ('fault' in ending ? [ending.fault] : []));
  return [
    ...(faults.join() === 'IDEMPOTENCY_CONFLICT' ? [] : [`answered ${faults.join() || 'twice'}`]),
    ...(await grewBy(office, caseId, before, 1)),
  ];
}

async function reopenAtOnce(round: Round): Promise<readonly string[]> {
  const { office } = round;
  const { caseId, expectedVersion } = await askedToReopen(round);
  const endings = await atOnce(
    ['supervisor-2', 'supervisor-3', 'supervisor-1'].map(
      (person) => () => office.cases.approveReopening(as(person), { caseId, expectedVersion }),
    ),
  );
  return [...won(endings, 1), ...(await grewBy(office, caseId, expectedVersion, 1))];
}

async function reopenWhileReported(round: Round): Promise<readonly string[]> {
  const { office, ordinal } = round;
  const { caseId, expectedVersion } = await askedToReopen(round);
  const endings = await atOnce([
    () => office.cases.approveReopening(as('supervisor-2'), { caseId, expectedVersion }),
    () => office.cases.reportSuspicion(as('bank-2'), withDefaults.report(numberOf(ordinal), `race-${ordinal}`)),
  ]);
  const reported = endings[1];
  return [...faultsOf(endings), ...(reported !== undefined && isWon(reported) ? [] : ['a report was turned away'])];
}

async function suspectForTwo({ office, ordinal }: Round): Promise<readonly string[]> {
  const [one, other] = [await office.investigated(ordinal), await office.investigated(ordinal + 1)];
  const msisdn = numberOf(ordinal + 2);
  const add = (caseId: string, ground: string) => () =>
    office.cases.addCaseSubject(as('investigator-1'), { caseId, input: { msisdn, role: 'SUSPECT', ground } });
  const endings = await atOnce([
    add(one, `told-${ordinal}`),
    add(other, `told-${ordinal + 1}`),
    () => office.cases.reportSuspicion(as('bank-2'), withDefaults.report(msisdn, `race-${ordinal}`)),
  ]);
  return faultsOf(endings);
}

async function blockWhileDecided({ office, ordinal }: Round): Promise<readonly string[]> {
  const caseId = await office.proposed(ordinal);
  const expectedVersion = await versionOf(office, caseId);
  const block = { caseId, msisdn: numberOf(ordinal), reason: 'A mule.', hours: 72, measures: null };
  const endings = await atOnce([
    () => office.orders.issueTemporaryBlock(as('investigator-1'), block),
    () => office.cases.approveDecision(as('supervisor-1'), { caseId, expectedVersion, comment: '' }),
  ]);
  const { state } = await office.caseRow(caseId);
  const live = await office.rows<{ readonly kind: string }>(
    `SELECT kind FROM block_order WHERE case_id = $1 AND state = 'ISSUED'`,
    [caseId],
  );
  const kind = state === 'DECIDED' ? 'CONFIRMED' : 'TEMPORARY';
  return [...faultsOf(endings), ...(live.length === 1 && live[0]?.kind === kind ? [] : [`${live.length} live orders`])];
}

async function mergeEachOther({ office, ordinal }: Round): Promise<readonly string[]> {
  const [one, other] = [await office.reported(ordinal), await office.reported(ordinal + 1)];
  const endings = await atOnce([
    () => office.cases.markDuplicate(as('supervisor-1'), { caseId: one, duplicateOf: other }),
    () => office.cases.markDuplicate(as('supervisor-2'), { caseId: other, duplicateOf: one }),
  ]);
  return won(endings, 1);
}

async function dismissWhileReported({ office, ordinal }: Round): Promise<readonly string[]> {
  const caseId = await office.reported(ordinal);
  const input = { severity: null, fraudType: null, track: null, dismissReason: 'Nothing in it.' };
  const endings = await atOnce([
    () => office.cases.triageReport(as('supervisor-1'), { caseId, input }),
    () => office.cases.reportSuspicion(as('bank-2'), withDefaults.report(numberOf(ordinal), `race-${ordinal}`)),
    () => office.cases.triageReport(as('supervisor-2'), { caseId, input: withDefaults.triage }),
  ]);
  return [
    ...faultsOf(endings),
    ...won(
      [endings[0], endings[2]].flatMap((each) => each ?? []),
      1,
    ),
  ];
}

async function askedToReopen({ office, ordinal }: Round) {
  const caseId = await office.proposed(ordinal, 'REFUTED');
  const approve = { caseId, expectedVersion: await versionOf(office, caseId), comment: '' };
  done(await office.cases.approveDecision(as('supervisor-1'), approve));
  done(await office.cases.reopenCase(as('supervisor-1'), { caseId, reason: 'New evidence.' }));
  return { caseId, expectedVersion: await versionOf(office, caseId) };
}

async function grewBy(office: CaseOffice, caseId: string, from: number, by: number): Promise<readonly string[]> {
  const version = await versionOf(office, caseId);
  return version === from + by ? [] : [`version ${version} instead of ${from + by}`];
}

async function versionOf(office: CaseOffice, caseId: string): Promise<number> {
  return Number((await office.caseRow(caseId)).version);
}

/** A small generator (mulberry32): the same seed gives the same numbers. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
