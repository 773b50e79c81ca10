// Fills an empty registry from facts: ranges, tenures, portings that took place. All or nothing, in one transaction, many rows a
// statement; the tables' constraints judge the facts.

import type { DataSource, EntityManager } from 'typeorm';
import { badFact, readFacts } from '../../../shared/service/fact-stream';
import type { Logger } from '../../../shared/service/logger';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { NumberingFact } from '../../../shared/vocabulary/seed-fact';

const ROWS_PER_STATEMENT = 5_000;
const REPORT_EVERY = 50_000;

/** Statement and columns by which facts of one kind are written; each column is an array of texts. */
const WRITERS: { readonly [Kind in NumberingFact['kind']]: Writer<Extract<NumberingFact, { kind: Kind }>> } = {
  range: {
    sql: `INSERT INTO number_range (prefix, operator_code) SELECT * FROM unnest($1::text[], $2::text[])`,
    columns: (fact) => [fact.prefix, fact.operatorCode],
  },
  tenure: {
    sql: `INSERT INTO tenure (msisdn, operator_code, since, until)
          SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])`,
    columns: (fact) => [fact.msisdn, fact.operatorCode, fact.since, fact.until],
  },
  porting: {
    sql: `INSERT INTO porting (port_id, msisdn, donor, recipient, completed_at, state)
          SELECT *, 'DONE' FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])`,
    columns: (fact) => [fact.id, fact.msisdn, fact.donor, fact.recipient, fact.completedAt],
  },
};

/** Stores every fact of the stream and resolves with their number; throws, and stores none, when the registry is not empty. */
export async function seed(dataSource: DataSource, input: NodeJS.ReadableStream, logger: Logger): Promise<number> {
  return dataSource.transaction(async (manager) => {
    await refuseUnlessEmpty(manager);
    const waiting: Record<NumberingFact['kind'], (readonly (string | null)[])[]> = {
      range: [],
      tenure: [],
      porting: [],
    };
    let stored = 0;
    for await (const { line, fact } of readFacts(input)) {
      if (!isNumberingFact(fact)) throw badFact(line);
      waiting[fact.kind].push(columnsOf(fact));
      stored += 1;
      if (waiting[fact.kind].length === ROWS_PER_STATEMENT)
        await write(manager, fact.kind, waiting[fact.kind].splice(0));
      if (stored % REPORT_EVERY === 0) logger.info({ stored }, 'seeding');
    }
    for (const kind of ['range', 'tenure', 'porting'] as const) await write(manager, kind, waiting[kind]);
    return stored;
  });
}

interface Writer<Fact> {
  readonly sql: string;
  readonly columns: (fact: Fact) => readonly (string | null)[];
}

async function refuseUnlessEmpty(manager: EntityManager): Promise<void> {
  await manager.query('LOCK TABLE number_range, tenure, porting IN EXCLUSIVE MODE');
  const rows: readonly { readonly filled: boolean }[] = await manager.query(
    `SELECT EXISTS (SELECT FROM tenure) OR EXISTS (SELECT FROM number_range) OR EXISTS (SELECT FROM porting) AS filled`,
  );
  if (rows[0]?.filled !== false) throw new AppError('BAD_USER_INPUT', 'The registry is not empty; seeding is refused.');
}

function isNumberingFact(fact: { readonly kind: string }): fact is NumberingFact {
  return Object.hasOwn(WRITERS, fact.kind);
}

function columnsOf(fact: NumberingFact): readonly (string | null)[] {
  switch (fact.kind) {
    case 'range':
      return WRITERS.range.columns(fact);
    case 'tenure':
      return WRITERS.tenure.columns(fact);
    case 'porting':
      return WRITERS.porting.columns(fact);
  }
}

async function write(
  manager: EntityManager,
  kind: NumberingFact['kind'],
  rows: readonly (readonly (string | null)[])[],
): Promise<void> {
  const width = rows[0]?.length ?? 0;
  if (width === 0) return;
  const columns = Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
  await manager.query(WRITERS[kind].sql, columns);
}
