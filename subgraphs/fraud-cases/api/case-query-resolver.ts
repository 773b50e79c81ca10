// Root fields of the fraud cases: one case or order by its id, and lists with filters and pages.

import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import type { AppealState } from '../../../shared/vocabulary/appeal';
import { FraudCaseConnectionType, FraudCaseType, InformationRequestConnectionType } from './case-types';
import { AppealStateEnum } from './closed-lists';
import { AFTER, type Connection, FIRST, pageRequestOf, scopeOf, toConnection } from './connection';
import { DutyClockConnectionType, type DutyClockType } from './duty-types';
import {
  BlockOrderFilterInput,
  blockOrderFilterOf,
  DutyClockFilterInput,
  dutyClockFilterOf,
  FraudCaseFilterInput,
  fraudCaseFilterOf,
  InformationRequestFilterInput,
  informationRequestFilterOf,
} from './filter-inputs';
import type { FraudCasesContext } from './fraud-cases-context';
import { AppealConnectionType, BlockOrderConnectionType, BlockOrderType } from './order-types';

const STATES = { nullable: true, description: 'In one of these states; without it in any.' } as const;
const FILTER = { nullable: true, description: 'Narrows the list.' } as const;
type Sent<Value> = Value | null | undefined;

/** `Query` of the fraud cases. */
@Resolver()
export class CaseQueryResolver {
  @Query(() => FraudCaseType, { nullable: true, description: 'One case by its id; null when there is none.' })
  fraudCase(
    @Arg('id', () => ID, { description: 'Identifier of the case.' }) id: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCaseType | null> {
    return context.loaders.fraudCase.load(id);
  }

  @Query(() => FraudCaseConnectionType, { description: 'Cases, newest opening first.' })
  async fraudCases(
    @Arg('filter', () => FraudCaseFilterInput, FILTER) sent: Sent<FraudCaseFilterInput>,
    @Arg('first', () => Int, FIRST) first: Sent<number>,
    @Arg('after', () => String, AFTER) after: Sent<string>,
    @Ctx() { store, cursors, within }: FraudCasesContext,
  ): Promise<Connection<FraudCaseType>> {
    const filter = fraudCaseFilterOf(sent, within);
    const scope = scopeOf('fraudCases', filter);
    const page = await store.casesPage(filter, pageRequestOf({ first, after }, scope, cursors));
    const placeOf = ({ openedAt, id }: (typeof page.rows)[number]) => ({ at: openedAt, id });
    return toConnection(page, placeOf, scope, cursors, () => store.caseCount(filter));
  }

  @Query(() => BlockOrderType, { nullable: true, description: 'One block order by its id; null when there is none.' })
  blockOrder(
    @Arg('id', () => ID, { description: 'Identifier of the order.' }) id: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<BlockOrderType | null> {
    return context.loaders.order.load(id);
  }

  @Query(() => BlockOrderConnectionType, {
    description: 'Block orders, newest issue first; those not issued yet stand before them.',
  })
  async blockOrders(
    @Arg('filter', () => BlockOrderFilterInput, FILTER) sent: Sent<BlockOrderFilterInput>,
    @Arg('first', () => Int, FIRST) first: Sent<number>,
    @Arg('after', () => String, AFTER) after: Sent<string>,
    @Ctx() { store, cursors, within }: FraudCasesContext,
  ): Promise<Connection<BlockOrderType>> {
    const filter = blockOrderFilterOf(sent, within);
    const scope = scopeOf('blockOrders', filter);
    const page = await store.ordersPage(filter, pageRequestOf({ first, after }, scope, cursors));
    const placeOf = ({ issuedAt, id }: (typeof page.rows)[number]) => ({ at: issuedAt ?? ('infinity' as const), id });
    return toConnection(page, placeOf, scope, cursors, () => store.orderCount(filter));
  }

  @Query(() => AppealConnectionType, { description: 'Appeals, newest first.' })
  async appeals(
    @Arg('state', () => [AppealStateEnum], STATES) state: Sent<AppealState[]>,
    @Arg('first', () => Int, FIRST) first: Sent<number>,
    @Arg('after', () => String, AFTER) after: Sent<string>,
    @Ctx() { store, cursors, within }: FraudCasesContext,
  ): Promise<Connection<object>> {
    const filter = { states: state ?? null, within };
    const scope = scopeOf('appeals', filter);
    const page = await store.appealsPage(filter, pageRequestOf({ first, after }, scope, cursors));
    const placeOf = ({ filedAt, id }: (typeof page.rows)[number]) => ({ at: filedAt, id });
    return toConnection(page, placeOf, scope, cursors, () => store.appealCount(filter));
  }

  @Query(() => DutyClockConnectionType, {
    description: 'Duties whose clock is running or was missed, earliest deadline first.',
  })
  async dutyClocks(
    @Arg('filter', () => DutyClockFilterInput, FILTER) sent: Sent<DutyClockFilterInput>,
    @Arg('first', () => Int, FIRST) first: Sent<number>,
    @Arg('after', () => String, AFTER) after: Sent<string>,
    @Ctx() { store, cursors, within }: FraudCasesContext,
  ): Promise<Connection<DutyClockType>> {
    const filter = dutyClockFilterOf(sent, within);
    const scope = scopeOf('dutyClocks', filter);
    const page = await store.clocksPage(filter, pageRequestOf({ first, after }, scope, cursors));
    const placeOf = ({ deadlineAt, id }: (typeof page.rows)[number]) => ({ at: deadlineAt, id });
    return toConnection(page, placeOf, scope, cursors, () => store.clockCount(filter));
  }

  @Query(() => InformationRequestConnectionType, { description: 'Requests for information, newest first.' })
  async informationRequests(
    @Arg('filter', () => InformationRequestFilterInput, FILTER) sent: Sent<InformationRequestFilterInput>,
    @Arg('first', () => Int, FIRST) first: Sent<number>,
    @Arg('after', () => String, AFTER) after: Sent<string>,
    @Ctx() { store, cursors, within }: FraudCasesContext,
  ): Promise<Connection<object>> {
    const filter = informationRequestFilterOf(sent, within);
    const scope = scopeOf('informationRequests', filter);
    const page = await store.informationRequestsPage(filter, pageRequestOf({ first, after }, scope, cursors));
    const placeOf = ({ issuedAt, id }: (typeof page.rows)[number]) => ({ at: issuedAt, id });
    return toConnection(page, placeOf, scope, cursors, () => store.informationRequestCount(filter));
  }
}
