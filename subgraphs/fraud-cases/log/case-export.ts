// The bank's two commands on one case in the log: handing out its evidence, and dropping what opens it. Both are acts of their own.

import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { formatBundle } from '../../../shared/audit/bundle-format';
import type { ActAuthor } from '../../../shared/audit-log/act-author';
import { exportBundle } from '../../../shared/audit-log/bundle-export';
import { appendSnapshot } from '../../../shared/audit-log/case-snapshot';
import { eraseOpenings } from '../../../shared/audit-log/erasure';
import { rowsOf } from '../../../shared/audit-log/sql-session';
import { AppError } from '../../../shared/vocabulary/app-error';
import { caseTransactions } from '../store/case-transaction';
import { openingExpiry } from './retention';

/** How long an export waits for its snapshot to become final, and how often it looks. */
const FINAL_LIMIT_MS = 30_000;
const LOOK_MS = 200;

/**
 * Signs how much the case holds, waits until that is final, and resolves with the bundle's file. The running service sequences, signs and
 * carries to the witnesses. Rejects with one plain sentence when there is no such case in the log, or when nothing becomes final in time.
 */
export async function exportCase(
  dataSource: DataSource,
  author: ActAuthor,
  caseId: string,
  limitMs = FINAL_LIMIT_MS,
): Promise<string> {
  const transactions = caseTransactions(dataSource);
  await transactions.run(async (transaction, now) => {
    const [chain] = await rowsOf(transaction, {
      text: 'SELECT 1 FROM audit.case_chain WHERE case_id = $1',
      values: [caseId],
    });
    if (chain === undefined) throw new AppError('BAD_USER_INPUT', 'The joint log holds no case with this id.');
    await appendSnapshot(transaction, author, { caseId, at: now, expiresOn: openingExpiry(now) });
    return { commits: true, value: null };
  });
  const end = performance.now() + limitMs;
  for (;;) {
    const bundle = await transactions.read((transaction) => exportBundle(transaction, caseId));
    if (bundle.ok) return formatBundle(bundle.value);
    if (performance.now() > end) {
      throw new AppError(
        'BAD_USER_INPUT',
        'The case is not final yet: too few witnesses have cosigned it. Try again later.',
      );
    }
    await sleep(LOOK_MS);
  }
}

/** Drops what opens the acts of a case and puts that on record; resolves with the number of acts that were closed, 0 when nothing was open. Acts that have no place in the log yet stay open. */
export async function eraseCase(
  dataSource: DataSource,
  author: ActAuthor,
  erasure: { readonly caseId: string; readonly basis: string },
): Promise<number> {
  const transactions = caseTransactions(dataSource);
  let closed = 0;
  for (;;) {
    const count = await transactions.run(async (transaction, now) => {
      const scope = { caseId: erasure.caseId };
      const signed = await eraseOpenings(transaction, author, {
        scope,
        basis: erasure.basis,
        at: now,
        expiresOn: openingExpiry(now),
      });
      if (signed === null) return { commits: false, value: 0 };
      const [row] = await rowsOf<{ readonly erased_acts: number }>(transaction, {
        text: 'SELECT erased_acts FROM audit.erasure WHERE act_id = $1',
        values: [signed.act.id],
      });
      return { commits: true, value: row?.erased_acts ?? 0 };
    });
    if (count === 0) return closed;
    closed += count;
  }
}
