// Reads of block orders and appeals. Each function is one SQL statement whatever the number of keys.

import { type DataSource, In } from 'typeorm';
import { APPEAL_STATES } from '../../../shared/vocabulary/appeal';
import { BLOCK_ORDER_STATES } from '../../../shared/vocabulary/block-order';
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
import { countList, type ListTable, type Narrowing, readListPage } from './list-page';
import { rowBranches, rowWithin } from './scope-branches';
import type { Condition } from './scope-condition';

/** What can be asked about orders and appeals. */
export interface OrderReads {
  ordersById(ids: readonly string[]): Promise<readonly BlockOrder[]>;
  /** All orders about the numbers, in no order. */
  ordersOfNumbers(msisdns: readonly Msisdn[]): Promise<readonly BlockOrder[]>;
  /** Oldest issue first; those not issued yet last. */
  ordersOfCases(caseIds: readonly string[]): Promise<readonly BlockOrder[]>;
  /** Newest issue first, those not issued yet before them. */
  ordersPage(filter: BlockOrderFilter, request: PageRequest): Promise<Page<BlockOrder>>;
  /** Null when there are more than are counted. */
  orderCount(filter: BlockOrderFilter): Promise<number | null>;
  /** Ids of those among the orders against which an appeal is open. */
  ordersUnderAppeal(orderIds: readonly string[]): Promise<ReadonlySet<string>>;
  appealsById(ids: readonly string[]): Promise<readonly Appeal[]>;
  /** Oldest first. */
  appealsOfCases(caseIds: readonly string[]): Promise<readonly Appeal[]>;
  /** Newest first. */
  appealsPage(filter: AppealFilter, request: PageRequest): Promise<Page<Appeal>>;
  /** Null when there are more than are counted. */
  appealCount(filter: AppealFilter): Promise<number | null>;
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
      const page = await readListPage(dataSource, ORDERS, narrowed(filter), request);
      return { ...page, rows: page.rows.map(toBlockOrder) };
    },
    orderCount: (filter) => countList(dataSource, ORDERS, narrowed(filter)),
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
      const page = await readListPage(dataSource, APPEALS, narrowedAppeals(filter), request);
      return { ...page, rows: page.rows.map(toAppeal) };
    },
    appealCount: (filter) => countList(dataSource, APPEALS, narrowedAppeals(filter)),
  };
}

const ORDERS: ListTable<BlockOrderRow> = { rows: BlockOrderRow, order: { property: 'listedAt', direction: 'DESC' } };
const APPEALS: ListTable<AppealRow> = { rows: AppealRow, order: { property: 'filedAt', direction: 'DESC' } };

/** Orders of a number are few and found by it; others by operator or by whose their cases are, and state. */
function narrowed({ states, operatorCode, msisdn, within }: BlockOrderFilter): Narrowing {
  if (msisdn === null) {
    const byState = { column: 'listed.state', values: states ?? BLOCK_ORDER_STATES };
    return rowBranches(within, { owner: 'listed.operator_code', asked: operatorCode, byState, conditions: [] });
  }
  const conditions: Condition[] = [(bind) => `listed.msisdn = ${bind(msisdn)}`];
  if (states !== null) conditions.push((bind) => `listed.state = ANY (${bind(states)})`);
  if (operatorCode !== null) conditions.push((bind) => `listed.operator_code = ${bind(operatorCode)}`);
  conditions.push(rowWithin({ caseId: 'listed.case_id', owner: 'listed.operator_code' }, within));
  return [{ spread: [], conditions }];
}

function narrowedAppeals({ states, within }: AppealFilter): Narrowing {
  const byState = { column: 'listed.state', values: states ?? APPEAL_STATES };
  return rowBranches(within, { owner: null, asked: null, byState, conditions: [] });
}
