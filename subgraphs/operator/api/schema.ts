// Puts the classes of this room together: the executable subgraph and its SDL. Needs no database. Decides which representations are
// answered: those that name this operator and are disclosed, and of tenures those that it holds; and that no field is resolved which the
// request may not read.

import { coordinatesOf, guardFields } from '../../../shared/graphql/field-guard';
import { guardMutations } from '../../../shared/graphql/mutation-guard';
import type { Reference } from '../../../shared/graphql/representation';
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
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Bin } from '../../../shared/vocabulary/bin';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorTenure } from '../domain/operator-tenure';
import { BlockOrderResolver } from './block-order-resolver';
import { CorporateHoldingType, DeviceSightingType, OperatorHoldingType, OperatorTenureType } from './entity-type';
import { subjectOf } from './grant-door';
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

/** Whoever asks for one of these has said it before, or knows it from the bank's own registry. */
export const KEY_FIELDS = coordinatesOf({
  OperatorTenure: ['msisdn', 'operatorCode', 'since'],
  OperatorHolding: ['iin', 'operatorCode'],
  CorporateHolding: ['bin', 'operatorCode'],
  DeviceSighting: ['imei', 'operatorCode'],
});

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
      OperatorTenure: async (reference, context) => {
        if (!isOurs(reference, context)) return null;
        const { msisdn, since } = reference;
        const tenure = await context.loaders.tenure.load({ msisdn: msisdn as Msisdn, since: since as Instant });
        return tenure === null ? null : toTenureType(tenure, context, true);
      },
      OperatorHolding: async (reference, context) => {
        if (!isOurs(reference, context)) return null;
        const holding = await context.loaders.person.load(reference.iin as Iin);
        if (holding === null) return null;
        // The handsets of an application are never given: no case is about them.
        const capJustifications = holding.capJustifications.map((one) => ({ ...one, devices: null }));
        return withTenures({ ...holding, capJustifications }, context);
      },
      CorporateHolding: async (reference, context) => {
        if (!isOurs(reference, context)) return null;
        return withTenures(await context.loaders.legalEntity.load(reference.bin as Bin), context);
      },
      DeviceSighting: async (reference, context) => {
        if (!isOurs(reference, context)) return null;
        return withTenures(await context.loaders.handset.load(reference.imei as Imei), context);
      },
    },
  });
  guardMutations<OperatorContext>(subgraph.schema, requireGateway);
  guardFields<OperatorContext>(subgraph.schema, KEY_FIELDS, ({ disclosure }, coordinate) =>
    disclosure.mayRead(coordinate),
  );
  return subgraph;
}

/** Whether a reference names this operator. Throws FORBIDDEN for one that is not disclosed, which the door has refused before. */
function isOurs(reference: Reference, { operatorCode, disclosure }: OperatorContext): boolean {
  if (reference.operatorCode !== operatorCode) return false;
  const subject = subjectOf(reference);
  if (subject !== null && disclosure.includes(subject.key)) return true;
  throw new AppError('FORBIDDEN', 'A representation required to be disclosed, but was not.');
}

function toTenureType(tenure: OperatorTenure, { operatorCode }: OperatorContext, isAsked: boolean): OperatorTenureType {
  return { ...tenure, operatorCode, isAsked };
}

function withTenures<Holding extends { readonly tenures: readonly OperatorTenure[] }>(
  holding: Holding | null,
  context: OperatorContext,
): object | null {
  if (holding === null) return null;
  const { operatorCode } = context;
  return { ...holding, operatorCode, tenures: holding.tenures.map((tenure) => toTenureType(tenure, context, false)) };
}
