// What the fraud cases add to numbers and persons that other subgraphs own. Every field is nullable: its failure costs itself alone.

import { Arg, Ctx, Directive, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { blockStatusOf } from '../domain/block-status';
import type { Page } from '../domain/page';
import { simCapOf } from '../domain/sim-cap';
import {
  FraudCaseConnectionType,
  FraudCaseType,
  SuspicionReportConnectionType,
  type SuspicionReportType,
} from './case-types';
import { AFTER, type Connection, FIRST, pageRequestOf, scopeOf, toConnection } from './connection';
import type { FraudCasesContext } from './fraud-cases-context';
import { PersonType, PhoneNumberType, SimCapStatusType } from './number-types';
import { BlockStatusType } from './order-types';

/** Fields of `PhoneNumber`. */
@Resolver(() => PhoneNumberType)
export class PhoneNumberResolver {
  @FieldResolver(() => BlockStatusType, {
    nullable: true,
    description: 'Whether the number is blocked; NONE for a number that no order ever named.',
  })
  async blockStatus(
    @Root() { msisdn }: PhoneNumberType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<BlockStatusType> {
    return blockStatusOf((await loaders.ordersOfNumber.load(msisdn as Msisdn)) ?? []);
  }

  @FieldResolver(() => FraudCaseType, {
    nullable: true,
    description: 'The open case in which the number is the suspect; null when there is none.',
  })
  openCase(@Root() { msisdn }: PhoneNumberType, @Ctx() { loaders }: FraudCasesContext): Promise<FraudCaseType | null> {
    return loaders.openCaseOfNumber.load(msisdn as Msisdn);
  }

  @FieldResolver(() => FraudCaseConnectionType, {
    nullable: true,
    description: 'Every case that touches the number in any role, newest opening first.',
  })
  async cases(
    @Arg('first', () => Int, FIRST) first: number | null | undefined,
    @Arg('after', () => String, AFTER) after: string | null | undefined,
    @Root() number: PhoneNumberType,
    @Ctx() { loaders, cursors }: FraudCasesContext,
  ): Promise<Connection<FraudCaseType>> {
    const msisdn = number.msisdn as Msisdn;
    const scope = scopeOf('PhoneNumber.cases', msisdn);
    const request = { msisdn, ...pageRequestOf({ first, after }, scope, cursors) };
    const page = (await loaders.casesOfNumber.load(request)) ?? emptyPage();
    const placeOf = ({ openedAt, id }: (typeof page.rows)[number]) => ({ at: openedAt, id });
    return toConnection(page, placeOf, scope, cursors, async () => (await loaders.caseCountOfNumber.load(msisdn)) ?? 0);
  }

  @FieldResolver(() => SuspicionReportConnectionType, {
    nullable: true,
    description: 'Every report that suspects the number, newest receipt first.',
  })
  async reports(
    @Arg('first', () => Int, FIRST) first: number | null | undefined,
    @Arg('after', () => String, AFTER) after: string | null | undefined,
    @Root() number: PhoneNumberType,
    @Ctx() { loaders, cursors }: FraudCasesContext,
  ): Promise<Connection<SuspicionReportType>> {
    const msisdn = number.msisdn as Msisdn;
    const scope = scopeOf('PhoneNumber.reports', msisdn);
    const request = { msisdn, ...pageRequestOf({ first, after }, scope, cursors) };
    const page = (await loaders.reportsOfNumber.load(request)) ?? emptyPage();
    const placeOf = ({ receivedAt, id }: (typeof page.rows)[number]) => ({ at: receivedAt, id });
    return toConnection(
      page,
      placeOf,
      scope,
      cursors,
      async () => (await loaders.reportCountOfNumber.load(msisdn)) ?? 0,
    );
  }
}

/** Fields of `Person`. */
@Resolver(() => PersonType)
export class PersonResolver {
  @Directive('@requires(fields: "holdings { operatorCode activeLineCount }")')
  @FieldResolver(() => SimCapStatusType, {
    nullable: true,
    description:
      'Lines against the cap, counted over all operators; `complete` is false when an operator did not answer.',
  })
  simCap(@Root() { holdings }: PersonType): SimCapStatusType {
    return simCapOf(holdings?.map(({ activeLineCount }) => activeLineCount ?? null) ?? null);
  }
}

function emptyPage<Row>(): Page<Row> {
  return { rows: [], hasMore: false };
}
