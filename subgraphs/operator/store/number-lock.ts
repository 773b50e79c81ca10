// The lock of a number: whoever changes what an operator does for a number holds it until the end of the transaction, so that orders, portings
// and timers of one number never see each other half done. Different numbers do not wait for each other, but for rare collisions.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';

/** Waits until no other transaction works on the number. Read what is decided upon in a statement after this one. */
export async function lockNumber(session: SqlSession, msisdn: string): Promise<void> {
  await rowsOf(session, {
    name: 'operator_lock_number',
    text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
    values: [LOCKS_OF_NUMBERS, msisdn],
  });
}

const LOCKS_OF_NUMBERS = 7_702;
