// The ways to the rows of cases in a list: orders, requests, clocks, appeals. Each way begins with what its index begins with: the owner, in whose
// charge the case is, or the state among rows of appealed cases. What else is asked narrows the rows of the way.

import type { CaseScope } from '../domain/case-scope';
import type { Narrowing, Spread } from './list-page';
import { type Condition, caseWithin, IS_APPEALED, waysOf } from './scope-condition';

/** A list of rows that belong to cases. */
export interface RowList {
  /** The column that names whose own a row is, SQL; null where rows are nobody's own, and an organisation has none. */
  readonly owner: string | null;
  /** Of which owner rows are asked for; null: of any. */
  readonly asked: string | null;
  readonly byState: Spread;
  /** By what all rows are found before their state, when no owner is asked for. */
  readonly byKind?: Spread;
  readonly conditions: readonly Condition[];
}

/** The reader's rows of the list. */
export function rowBranches(scope: CaseScope, { owner, asked, byState, byKind, conditions }: RowList): Narrowing {
  const ofAsked: readonly Condition[] = owner === null || asked === null ? [] : [(bind) => `${owner} = ${bind(asked)}`];
  const narrowed = [...conditions, ...ofAsked];
  return waysOf(scope, owner === null ? 'NOBODY' : 'OWNERS').map((way) => {
    switch (way.by) {
      case 'CHARGE':
        return { spread: [{ column: 'listed.charge', values: way.charges }, byState], conditions: narrowed };
      case 'APPEALED':
        return { spread: [byState], conditions: [IS_APPEALED, ...way.others, ...narrowed] };
      default: {
        const organisation = way.by === 'OWNER' ? way.organisation : asked;
        if (owner === null || organisation === null) {
          return { spread: byKind === undefined ? [byState] : [byKind, byState], conditions };
        }
        // Of another's rows an organisation has none.
        const owners = asked === null || asked === organisation ? [organisation] : [];
        return { spread: [{ column: owner, values: owners }, byState], conditions };
      }
    }
  });
}

/** Whether a row that is at hand is the reader's: an organisation's own where the scope is an organisation's, of a case within the scope otherwise. */
export function rowWithin(row: { readonly caseId: string; readonly owner: string }, scope: CaseScope): Condition {
  const { organisation } = scope;
  if (organisation !== null) return (bind) => `${row.owner} = ${bind(organisation)}`;
  return (bind) => caseWithin(row.caseId, scope, bind);
}
