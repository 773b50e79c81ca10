// Pages of a list by keyset: a page begins after a place, which is the sort key of the last row that was shown.

import type { Instant } from '../../../shared/vocabulary/instant';

/** Where a page begins: after the row with this instant and id. `infinity` stands for a row that has no instant yet. */
export interface PagePlace {
  readonly at: Instant | 'infinity';
  readonly id: string;
}

/** What is asked for: `first` rows after a place, or from the beginning. */
export interface PageRequest {
  readonly first: number;
  readonly after: PagePlace | null;
}

/** The rows of one page and whether more follow. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** The page in a list that was read one row beyond what was asked. */
export function pageOf<Row>(rowsAndOneMore: readonly Row[], first: number): Page<Row> {
  return { rows: rowsAndOneMore.slice(0, first), hasMore: rowsAndOneMore.length > first };
}
