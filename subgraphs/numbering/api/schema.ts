// Puts the classes of this room together: the executable subgraph and its SDL. Needs no database.

import { BinScalar, DateTimeScalar, IinScalar, ImeiScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import { buildSubgraph, type ResolveReference, type Subgraph } from '../../../shared/graphql/subgraph-schema';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { parseOperatorCode } from '../../../shared/vocabulary/operator-code';
import { listedOperator } from '../domain/known-operator';
import type { NumberingContext } from './numbering-context';
import { OperatorTenureResolver, PhoneNumberResolver } from './phone-number-resolver';
import { numberIfEverServed, RegistryResolver } from './registry-resolver';
import { DeviceResolver, LegalEntityResolver, PersonResolver } from './subject-resolver';

const SCHEMA_EXTENSION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;

/** The numbering subgraph. Its SDL is the text that is committed as schema.graphql. */
export function buildNumberingSubgraph(): Promise<Subgraph> {
  return buildSubgraph<NumberingContext>({
    resolvers: [
      RegistryResolver,
      PhoneNumberResolver,
      OperatorTenureResolver,
      PersonResolver,
      LegalEntityResolver,
      DeviceResolver,
    ],
    schemaExtension: SCHEMA_EXTENSION,
    scalars: {
      Msisdn: MsisdnScalar,
      Iin: IinScalar,
      Bin: BinScalar,
      Imei: ImeiScalar,
      DateTime: DateTimeScalar,
    },
    references: {
      PhoneNumber: async ({ msisdn }, context) => numberIfEverServed(msisdn as Msisdn, context),
      OperatorTenure: async ({ msisdn, operatorCode, since }, { loaders }) => {
        const code = parseOperatorCode(String(operatorCode));
        if (!code.ok) return null;
        return loaders.tenure.load({ msisdn: msisdn as Msisdn, operatorCode: code.value, since: since as Instant });
      },
      Operator: async ({ code }, { directory }) => {
        const parsed = parseOperatorCode(String(code));
        return parsed.ok ? listedOperator(directory, parsed.value) : null;
      },
      Person: keyAlone,
      LegalEntity: keyAlone,
      Device: keyAlone,
      OperatorHolding: keyAlone,
      CorporateHolding: keyAlone,
      DeviceSighting: keyAlone,
    },
  });
}

/** Entities of which numbering holds the key and nothing else: every valid key is answered, as at the root. */
const keyAlone: ResolveReference<NumberingContext> = async ({ __typename: _, ...key }) => key;
