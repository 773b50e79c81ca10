// Puts the classes of this room together: the executable subgraph and its SDL. Needs no database.

import { guardMutations } from '../../../shared/graphql/mutation-guard';
import { DateScalar, DateTimeScalar, IinScalar, KztScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import { buildSubgraph, type Subgraph } from '../../../shared/graphql/subgraph-schema';
import { AccessResolver } from './access-resolver';
import { AppealMutationResolver } from './appeal-mutation-resolver';
import { requireActing } from './asker';
import { AuditQueryResolver } from './audit-query-resolver';
import { CaseMutationResolver } from './case-mutation-resolver';
import { CaseQueryResolver } from './case-query-resolver';
import { guardFields, isThere } from './field-guard';
import {
  CaseSubjectResolver,
  FraudCaseResolver,
  InformationRequestResolver,
  SuspicionReportResolver,
} from './fraud-case-resolver';
import type { FraudCasesContext } from './fraud-cases-context';
import { LiabilityMutationResolver } from './liability-mutation-resolver';
import { CaseLiabilityResolver, DutyBreachResolver, LiabilityAssessmentResolver } from './liability-resolver';
import { PersonResolver, PhoneNumberResolver } from './number-resolver';
import { PersonType } from './number-types';
import { OrderMutationResolver } from './order-mutation-resolver';
import { AppealResolver, BlockOrderResolver, BlockStatusResolver, DutyClockResolver } from './order-resolver';
import { StatisticsResolver } from './statistics-resolver';
import { SubscriptionResolver } from './subscription-resolver';

const SCHEMA_EXTENSION = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])`;

/** The fraud-case subgraph. Its SDL is the text that is committed as schema.graphql. */
export async function buildFraudCasesSubgraph(): Promise<Subgraph> {
  const subgraph = await buildSubgraph<FraudCasesContext>({
    resolvers: [
      CaseQueryResolver,
      CaseMutationResolver,
      OrderMutationResolver,
      AppealMutationResolver,
      LiabilityMutationResolver,
      AuditQueryResolver,
      FraudCaseResolver,
      CaseSubjectResolver,
      SuspicionReportResolver,
      InformationRequestResolver,
      BlockOrderResolver,
      BlockStatusResolver,
      AppealResolver,
      DutyClockResolver,
      CaseLiabilityResolver,
      LiabilityAssessmentResolver,
      DutyBreachResolver,
      PhoneNumberResolver,
      PersonResolver,
      StatisticsResolver,
      SubscriptionResolver,
      AccessResolver,
    ],
    orphanedTypes: [PersonType],
    schemaExtension: SCHEMA_EXTENSION,
    scalars: { Msisdn: MsisdnScalar, Iin: IinScalar, DateTime: DateTimeScalar, Date: DateScalar, Kzt: KztScalar },
    references: {
      PhoneNumber: async ({ msisdn }) => ({ msisdn }),
      Person: async ({ iin, holdings }) => ({ iin, holdings: holdings ?? null }),
      OperatorHolding: async ({ iin, operatorCode }) => ({ iin, operatorCode }),
      FraudCase: async ({ id }, context) => own('FraudCase', await context.loaders.fraudCase.load(String(id)), context),
      BlockOrder: async ({ id }, context) => own('BlockOrder', await context.loaders.order.load(String(id)), context),
      Appeal: async ({ id }, context) => own('Appeal', await context.loaders.appeal.load(String(id)), context),
      InformationRequest: async ({ id }, context) =>
        own('InformationRequest', await context.loaders.informationRequest.load(String(id)), context),
    },
  });
  guardFields(subgraph.schema);
  guardMutations<FraudCasesContext>(subgraph.schema, requireActing);
  return subgraph;
}

/** A row by its key: null when it is not there for the reader, as when there is none. */
async function own<Row extends object>(
  typeName: string,
  row: Row | null,
  context: FraudCasesContext,
): Promise<Row | null> {
  return (await isThere(typeName, row, context)) ? row : null;
}
