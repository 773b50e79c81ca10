// Rules that stand in the tables, whatever a program does, and seeding that is all or nothing.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAtHead, migrate } from '../../../../shared/service/database';
import { seed } from '../../../../subgraphs/fraud-cases/store/seed';
import { asInput, caseFact, createCaseDatabase, logger, on, orderFact } from '../fraud-cases-fixture';

const FIRST = '+77011110001';
const SECOND = '+77011110002';

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
beforeEach(async () => {
  database = await createCaseDatabase([]);
});
afterEach(() => database?.close());

// What is refused leaves nothing behind, so a database may be tried again.
const stored = (...facts: readonly object[]): Promise<number> => seed(database.dataSource, asInput(facts), logger);
const count = async (table: string): Promise<number> => {
  const rows: readonly { n: number }[] = await database.dataSource.query(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]?.n ?? -1;
};

describe('one open case per suspect number', () => {
  it('is a constraint, over subjects and reports alike', async () => {
    await expect(stored(caseFact(1, FIRST), caseFact(2, FIRST))).rejects.toThrow(/case_number_one_open_case/);
    await expect(stored(caseFact(1, FIRST), caseFact(2, FIRST, { state: 'REPORTED', subjects: [] }))).rejects.toThrow(
      /case_number_one_open_case/,
    );
    expect(await count('fraud_case')).toBe(0);
  });

  it('leaves room for closed cases, victims and other numbers', async () => {
    const victim = { msisdn: FIRST, role: 'VICTIM', addedBy: 'a', addedAt: on(3, 1), ground: 'g' };
    const asVictim = caseFact(3, SECOND);
    const facts = [
      caseFact(1, FIRST),
      caseFact(2, FIRST, { state: 'CLOSED', outcome: 'REFUTED' }),
      { ...asVictim, subjects: [...asVictim.subjects, victim] },
    ];
    expect(await stored(...facts)).toBe(3);
  });

  it('follows the state of the case', async () => {
    await stored(caseFact(1, FIRST), caseFact(2, FIRST, { state: 'CLOSED', outcome: 'REFUTED' }));
    const reopen = `UPDATE fraud_case SET state = 'UNDER_INVESTIGATION' WHERE id = 'case-2'`;
    await expect(database.dataSource.query(reopen)).rejects.toThrow(/case_number_one_open_case/);
    const both = database.dataSource.query(`UPDATE fraud_case SET state = 'DISMISSED' WHERE id = 'case-1'; ${reopen}`);
    // Both are possible now; that they have no acts is what is found at COMMIT.
    await expect(both).rejects.toThrow(/a change of a case has its act/);
  });
});

describe('one live order per number', () => {
  it('is a constraint', async () => {
    const other = (state: string) => orderFact('o2', FIRST, { sequence: 2, state });
    await expect(
      stored(caseFact(1, FIRST, { blockOrders: [orderFact('o1', FIRST), other('ISSUED')] })),
    ).rejects.toThrow(/block_order_one_live/);
    expect(await stored(caseFact(1, FIRST, { blockOrders: [orderFact('o1', FIRST), other('SUPERSEDED')] }))).toBe(1);
  });

  it('and a sequence is given once', async () => {
    const twice = [orderFact('o1', FIRST), orderFact('o2', FIRST, { state: 'SUPERSEDED' })];
    await expect(stored(caseFact(1, FIRST, { blockOrders: twice }))).rejects.toThrow(/sequence/);
  });
});

describe('four eyes', () => {
  const decision = {
    proposedOutcome: 'CONFIRMED',
    reasonCode: 'X',
    findings: 'f',
    proposedBy: 'investigator-1',
    proposedAt: on(3, 2),
    approvedBy: 'investigator-1',
    approvedAt: on(3, 3),
  };

  it('are two rows of two persons with the digest of one content', async () => {
    const decided = { state: 'DECIDED', outcome: 'CONFIRMED' };
    await expect(stored(caseFact(1, FIRST, { ...decided, decision }))).rejects.toThrow(/approval_four_eyes/);
    await stored(caseFact(1, FIRST, { ...decided, decision: { ...decision, approvedBy: 'supervisor-1' } }));
    const rows: readonly { step: string; person: string; content_hash: string }[] = await database.dataSource.query(
      'SELECT step, person, content_hash FROM approval ORDER BY step DESC',
    );
    expect(rows.map(({ step, person }) => [step, person])).toEqual([
      ['PROPOSED', 'investigator-1'],
      ['APPROVED', 'supervisor-1'],
    ]);
    expect(new Set(rows.map(({ content_hash }) => content_hash)).size).toBe(1);
  });
});

describe('seeding', () => {
  it('stores nothing at all when one line is wrong, and names the line', async () => {
    await expect(stored(caseFact(1, FIRST), { kind: 'tenure' })).rejects.toThrow('Line 2');
    expect(await count('fraud_case')).toBe(0);
    await expect(stored(caseFact(1, FIRST), caseFact(2, SECOND, { state: 'SOMEWHERE' }))).rejects.toThrow();
    expect(await count('fraud_case')).toBe(0);
  });

  it('refuses a database that holds cases', async () => {
    await stored(caseFact(1, FIRST));
    await expect(seed(database.dataSource, asInput([caseFact(2, SECOND)]), logger)).rejects.toThrow(/already/);
    expect(await count('fraud_case')).toBe(1);
  });

  it('takes a duplicate before the case that it names, over several statements', async () => {
    const many = Array.from({ length: 1_100 }, (_, index) => caseFact(index + 2, `+7702${String(4_000_000 + index)}`));
    const duplicate = caseFact(1, FIRST, { state: 'DUPLICATE', duplicateOf: 'case-1101' });
    expect(await stored(duplicate, ...many)).toBe(1_101);
    expect(await count('case_number')).toBe(1_101);
  });
});

describe('the rules of duties', () => {
  it('are loaded by the migration, one version each, and every party of its own kind', async () => {
    const rules: readonly { id: string; version: number }[] = await database.dataSource.query(
      'SELECT id, version FROM duty_rule ORDER BY id',
    );
    expect(rules).toHaveLength(30);
    expect(rules.every(({ version }) => version === 1)).toBe(true);
    const ids = rules.map(({ id }) => id);
    for (const id of ['OP-01', 'OP-08', 'OP-13', 'AFC-01', 'AFC-05', 'BANK-01', 'BANK-02', 'ALL-01-BANK']) {
      expect(ids).toContain(id);
    }
    expect(await migrate(database.dataSource)).toEqual([]);
    expect(await isAtHead(database.dataSource)).toBe(true);
  });
});
