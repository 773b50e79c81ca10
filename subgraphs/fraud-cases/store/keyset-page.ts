// Reads one page of a table by keyset: the rows after a place in the order of an instant and the id, and one more to know whether any
// follow. The index on both columns makes every page cost the same, the thousandth too.

import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { type Page, type PageRequest, pageOf } from '../domain/page';

/** By which property a list is sorted; ties by id in the same direction. */
export interface PageOrder {
  readonly property: string;
  readonly direction: 'ASC' | 'DESC';
}

/** The page of what `query` selects. Cost: one statement. */
export async function readPage<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  order: PageOrder,
  request: PageRequest,
): Promise<Page<Row>> {
  const page = afterPlace(query, order, request);
  return pageOf(await page.getMany(), request.first);
}

/** The same query, ordered, beginning after the request's place, one row longer than asked. */
export function afterPlace<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  order: PageOrder,
  request: PageRequest,
): SelectQueryBuilder<Row> {
  const { alias } = query;
  const instant = `${alias}.${order.property}`;
  if (request.after !== null) {
    const beyond = order.direction === 'ASC' ? '>' : '<';
    query.andWhere(`(${instant}, ${alias}.id) ${beyond} (:afterAt::timestamptz, :afterId)`, {
      afterAt: request.after.at,
      afterId: request.after.id,
    });
  }
  return query
    .orderBy(instant, order.direction)
    .addOrderBy(`${alias}.id`, order.direction)
    .limit(request.first + 1);
}
