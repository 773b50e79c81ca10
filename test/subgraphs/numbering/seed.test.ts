// Seeding the registry: all or nothing, once, and in bulk.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NumberingFact } from '../../../shared/vocabulary/seed-fact';
import { seed } from '../../../subgraphs/numbering/store/seed';
import { statementsOf } from '../../support/statement-log';
import { asInput, createRegistryDatabase, logger } from './numbering-fixture';

const SINCE = '2024-01-01T00:00:00.000Z';
const tenure = (index: number): NumberingFact => ({
  kind: 'tenure',
  msisdn: `+7701${String(1_000_000 + index)}`,
  operatorCode: 'kcell',
  since: SINCE,
  until: null,
});

let database: Awaited<ReturnType<typeof createRegistryDatabase>>;
beforeAll(async () => {
  database = await createRegistryDatabase([]);
});
afterAll(() => database?.close());

const count = async (): Promise<number> => {
  const rows: readonly { n: number }[] = await database.dataSource.query('SELECT count(*)::int AS n FROM tenure');
  return rows[0]?.n ?? -1;
};

describe('seeding the registry', () => {
  it.each([
    ['a line that is not JSON', '{'],
    ['a fact of another house', JSON.stringify({ kind: 'dealer', id: 'd', name: 'n', region: 'r' })],
    ['a number that is none', JSON.stringify({ ...tenure(2), msisdn: '+7' })],
    ['a tenure that overlaps another', JSON.stringify({ ...tenure(1), since: '2025-01-01T00:00:00Z' })],
  ])('stores nothing when it meets %s', async (_name, line) => {
    const input = asInput([tenure(1)]);
    input.push(`${line}\n`);
    await expect(seed(database.dataSource, input, logger)).rejects.toThrow();
    expect(await count()).toBe(0);
  });

  it('writes many rows a statement, and only into an empty registry', async () => {
    const facts = Array.from({ length: 12_000 }, (_, index) => tenure(index));
    const statements = await statementsOf(() => seed(database.dataSource, asInput(facts), logger));
    expect(statements.filter((sql) => sql.includes('INSERT INTO tenure'))).toHaveLength(3);
    expect(await count()).toBe(12_000);
    await expect(seed(database.dataSource, asInput([tenure(13_000)]), logger)).rejects.toThrow(/not empty/);
  });
});
