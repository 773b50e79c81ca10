// Puts the classes of this room together: the executable subgraph and its SDL. Needs no database. Decides which representations are
// answered: those that name this operator, and of tenures those that it holds.

import { guardMutations } from '../../../shared/graphql/mutation-guard';
import {
  BinScalar,
  DateScalar,
  DateTimeScalar,
  IccidScalar,
  IinScalar,
  ImeiScalar,
  MsisdnScalar,
} from '../../../shared/graphql/scalars';
import { buildSubgraph, type Subgraph } from '../../../shared/graphql/subgraph-schema';
import type { Bin } from '../../../shared/vocabulary/bin';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorTenure } from '../domain/operator-tenure';
import { BlockOrderResolver } from './block-order-resolver';
import { CorporateHoldingType, DeviceSightingType, OperatorHoldingType, OperatorTenureType } from './entity-type';
import { type OperatorContext, requireGateway } from './operator-context';
import { LineContractResolver, OperatorTenureResolver } from './tenure-resolver';

const SCHEMA_EXTENSION = `
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
  @link(url: "https://senim.kz/partition/v1.0", import: ["@partitioned"])
  @composeDirective(name: "@partitioned")

"Marks an entity (or a root field) whose rows are spread over several servers of one schema; \`by\` is the key field (or argument) that names the server."
directive @partitioned(by: String!) on OBJECT | FIELD_DEFINITION
`;

/** The subgraph that every operator runs. Its SDL is the text that is committed as schema.graphql. */
export async function buildOperatorSubgraph(): Promise<Subgraph> {
  const subgraph = await buildSubgraph<OperatorContext>({
    resolvers: [BlockOrderResolver, OperatorTenureResolver, LineContractResolver],
    orphanedTypes: [OperatorTenureType, OperatorHoldingType, CorporateHoldingType, DeviceSightingType],
    schemaExtension: SCHEMA_EXTENSION,
    scalars: {
      Msisdn: MsisdnScalar,
      Iin: IinScalar,
      Bin: BinScalar,
      Imei: ImeiScalar,
      Iccid: IccidScalar,
      DateTime: DateTimeScalar,
      Date: DateScalar,
    },
    references: {
      OperatorTenure: async ({ msisdn, operatorCode, since }, context) => {
        if (operatorCode !== context.operatorCode) return null;
        const tenure = await context.loaders.tenure.load({ msisdn: msisdn as Msisdn, since: since as Instant });
        return tenure === null ? null : toTenureType(tenure, context);
      },
      OperatorHolding: async ({ iin, operatorCode }, context) => {
        if (operatorCode !== context.operatorCode) return null;
        return withTenures(await context.loaders.person.load(iin as Iin), context);
      },
      CorporateHolding: async ({ bin, operatorCode }, context) => {
        if (operatorCode !== context.operatorCode) return null;
        return withTenures(await context.loaders.legalEntity.load(bin as Bin), context);
      },
      DeviceSighting: async ({ imei, operatorCode }, context) => {
        if (operatorCode !== context.operatorCode) return null;
        return withTenures(await context.loaders.handset.load(imei as Imei), context);
      },
    },
  });
  guardMutations<OperatorContext>(subgraph.schema, requireGateway);
  return subgraph;
}

function toTenureType(tenure: OperatorTenure, { operatorCode }: OperatorContext): OperatorTenureType {
  return { ...tenure, operatorCode };
}

function withTenures<Holding extends { readonly tenures: readonly OperatorTenure[] }>(
  holding: Holding | null,
  context: OperatorContext,
): object | null {
  if (holding === null) return null;
  const { operatorCode } = context;
  return { ...holding, operatorCode, tenures: holding.tenures.map((tenure) => toTenureType(tenure, context)) };
}
