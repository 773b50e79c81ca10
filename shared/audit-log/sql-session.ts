// One connection to a database, as the log uses it: plain pg, because acts are on the hot path and prepared statements save their
// planning. Transactions are opened by the stores of the houses; here they are only written into.

import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';
import { invariant } from '../vocabulary/app-error';

/** A connection; when a function asks for a transaction, one on which BEGIN was said and COMMIT was not. */
export type SqlSession = Pick<ClientBase, 'query'>;

/** Anything that can run one statement: a connection, or a pool. */
export interface SqlSource {
  query(statement: { readonly name?: string; readonly text: string; readonly values?: unknown[] }): Promise<{
    readonly rows: unknown[];
    readonly rowCount: number | null;
  }>;
}

/** The connection under a TypeORM transaction, so that acts are written in it. */
export async function sessionOf(manager: EntityManager): Promise<SqlSession> {
  const { queryRunner } = manager;
  invariant(queryRunner?.isTransactionActive === true, 'an act is written in a transaction');
  return (await queryRunner.connect()) as ClientBase;
}

/** Rows of a statement, in the shape that the statement gives them. Named statements are planned once per connection. */
export async function rowsOf<Row>(
  source: SqlSource,
  statement: { readonly name?: string; readonly text: string; readonly values?: readonly unknown[] },
): Promise<readonly Row[]> {
  const { values, ...rest } = statement;
  const result = await source.query({ ...rest, values: [...(values ?? [])] });
  return result.rows as readonly Row[];
}
