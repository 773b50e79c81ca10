// Where a blocked line went: from operator to operator by portings alone. A number that was given back and handed out again is another
// person's line, whoever serves it. Pure; what the registry says is asked elsewhere.

import type { Instant } from '../../../shared/vocabulary/instant';

/** What the registry holds about one number. */
export interface LineCourse {
  readonly tenures: readonly {
    readonly operatorCode: string;
    readonly since: Instant;
    /** First instant that is no longer part of the tenure; null while it runs. */
    readonly until: Instant | null;
  }[];
  readonly portings: readonly {
    readonly donor: string;
    readonly recipient: string;
    readonly completedAt: Instant;
  }[];
}

/**
 * The operator that serves, now, the line that `operatorCode` served when the order was issued: the same one while its tenure runs, or the
 * last of an unbroken chain of portings. Null when the line has ended or the registry does not know it.
 */
export function operatorAfterPortings(
  course: LineCourse,
  order: { readonly operatorCode: string; readonly issuedAt: Instant },
): string | null {
  const begun = course.tenures
    .filter(({ operatorCode, since }) => operatorCode === order.operatorCode && since <= order.issuedAt)
    .toSorted((one, other) => (one.since < other.since ? 1 : -1));
  let tenure = begun[0];
  for (let steps = 0; tenure !== undefined && steps <= course.tenures.length; steps += 1) {
    const { operatorCode, until } = tenure;
    if (until === null) return operatorCode;
    const porting = course.portings.find(({ donor, completedAt }) => donor === operatorCode && completedAt === until);
    tenure = course.tenures.find(
      (next) => porting !== undefined && next.operatorCode === porting.recipient && next.since === until,
    );
  }
  return null;
}
