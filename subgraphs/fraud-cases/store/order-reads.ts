// Reads of block orders and appeals. Each function is one SQL statement whatever the number of keys.

import { type DataSource, In, type SelectQueryBuilder } from 'typeorm';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import {
  type Appeal,
  type AppealFilter,
  type BlockOrder,
  type BlockOrderFilter,
  OPEN_APPEAL_STATES,
} from '../domain/block-order';
import type { Page, PageRequest } from '../domain/page';
import { AppealRow, BlockOrderRow, toAppeal, toBlockOrder } from './block-order-row';
import { readPage } from './keyset-page';
import { narrowToScope } from './scope-condition';

/** What can be asked about orders and appeals. */
export interface OrderReads {
  ordersById(ids: readonly string[]): Promise<readonly BlockOrder[]>;
  /** All orders about the numbers, in no order. */
  ordersOfNumbers(msisdns: readonly Msisdn[]): Promise<readonly BlockOrder[]>;
  /** Oldest issue first; those not issued yet last. */
  ordersOfCases(caseIds: readonly string[]): Promise<readonly BlockOrder[]>;
  /** Newest issue first, those not issued yet before them. */
  ordersPage(filter: BlockOrderFilter, request: PageRequest): Promise<Page<BlockOrder>>;
  orderCount(filter: BlockOrderFilter): Promise<number>;
  /** Ids of those among the orders against which an appeal is open. */
  ordersUnderAppeal(orderIds: readonly string[]): Promise<ReadonlySet<string>>;
  appealsById(ids: readonly string[]): Promise<readonly Appeal[]>;
  /** Oldest first. */
  appealsOfCases(caseIds: readonly string[]): Promise<readonly Appeal[]>;
  /** Newest first. */
  appealsPage(filter: AppealFilter, request: PageRequest): Promise<Page<Appeal>>;
  appealCount(filter: AppealFilter): Promise<number>;
}

/** The reads over a database at head. */
export function orderReads(dataSource: DataSource): OrderReads {
  const orders = dataSource.getRepository(BlockOrderRow);
  const appeals = dataSource.getRepository(AppealRow);
  return {
    ordersById: async (ids) => (await orders.findBy({ id: In([...ids]) })).map(toBlockOrder),
    ordersOfNumbers: async (msisdns) => (await orders.findBy({ msisdn: In([...msisdns]) })).map(toBlockOrder),
    async ordersOfCases(caseIds) {
      const rows = await orders.find({
        where: { caseId: In([...caseIds]) },
        order: { issuedAt: { direction: 'ASC', nulls: 'LAST' }, id: 'ASC' },
      });
      return rows.map(toBlockOrder);
    },
    async ordersPage(filter, request) {
      const query = narrowed(orders.createQueryBuilder('blockOrder'), filter);
      const page = await readPage(query, { property: 'listedAt', direction: 'DESC' }, request);
      return { ...page, rows: page.rows.map(toBlockOrder) };
    },
    orderCount: (filter) => narrowed(orders.createQueryBuilder('blockOrder'), filter).getCount(),
    async ordersUnderAppeal(orderIds) {
      const rows: readonly { readonly order_id: string }[] = await dataSource.query(
        'SELECT DISTINCT order_id FROM appeal WHERE order_id = ANY($1) AND state = ANY($2)',
        [orderIds, OPEN_APPEAL_STATES],
      );
      return new Set(rows.map((row) => row.order_id));
    },
    appealsById: async (ids) => (await appeals.findBy({ id: In([...ids]) })).map(toAppeal),
    async appealsOfCases(caseIds) {
      const rows = await appeals.find({ where: { caseId: In([...caseIds]) }, order: { filedAt: 'ASC', id: 'ASC' } });
      return rows.map(toAppeal);
    },
    async appealsPage(filter, request) {
      const query = narrowedAppeals(appeals.createQueryBuilder('appeal'), filter);
      const page = await readPage(query, { property: 'filedAt', direction: 'DESC' }, request);
      return { ...page, rows: page.rows.map(toAppeal) };
    },
    appealCount: (filter) => narrowedAppeals(appeals.createQueryBuilder('appeal'), filter).getCount(),
  };
}

function narrowed(
  query: SelectQueryBuilder<BlockOrderRow>,
  filter: BlockOrderFilter,
): SelectQueryBuilder<BlockOrderRow> {
  const { states, operatorCode, msisdn } = filter;
  narrowToScope(query, filter.within, { caseId: 'blockOrder.caseId', owner: 'blockOrder.operatorCode' });
  if (states !== null) query.andWhere('blockOrder.state = ANY(:states)', { states });
  if (operatorCode !== null) query.andWhere('blockOrder.operatorCode = :operatorCode', { operatorCode });
  if (msisdn !== null) query.andWhere('blockOrder.msisdn = :msisdn', { msisdn });
  return query;
}

function narrowedAppeals(
  query: SelectQueryBuilder<AppealRow>,
  { states, within }: AppealFilter,
): SelectQueryBuilder<AppealRow> {
  narrowToScope(query, within, { caseId: 'appeal.caseId', owner: null });
  return states === null ? query : query.andWhere('appeal.state = ANY(:states)', { states });
}
