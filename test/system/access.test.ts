// Every user of the demonstration asks the running gateway for every root field, over HTTP: each is answered where the rules let the user's
// role in, and refused where they do not; and nobody who is not signed in is answered at all.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  printSchema,
} from 'graphql';
import { loadSupergraph } from '../../gateway/supergraph/load';
import { fieldRefusal } from '../../shared/access/policy';
import { DEMO_USERS } from '../../shared/local-network/demo-users';
import { askGraphQL } from '../support/http-call';
import { startTestNetwork, type TestNetwork } from '../support/network';

const SUPERGRAPH = join(__dirname, '..', '..', 'gateway', 'supergraph', 'supergraph.graphql');
const schema = buildSchema(printSchema(loadSupergraph(readFileSync(SUPERGRAPH, 'utf8')).consumerSchema));
const CASE_ID = '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10';

/** Fields that look up whom the bank must know of from the case. */
const LOOKED_UP: readonly string[] = ['person', 'legalEntity', 'device'];

/** Values that are well formed and name nothing that there is. */
const SAMPLES: Readonly<Record<string, string>> = {
  ID: `"${CASE_ID}"`,
  String: '"nothing"',
  Int: '1',
  Boolean: 'true',
  Msisdn: '"+77019999999"',
  Iin: '"900101300007"',
  Bin: '"150340012340"',
  Imei: '"490154203237518"',
  Date: '"2026-03-02"',
  DateTime: '"2026-03-05T10:00:00.000Z"',
  Kzt: '"1000.00"',
  AccessTrailFilter: '{ subject: "+77019999999" }',
};

let network: TestNetwork;
let origin = '';

beforeAll(async () => {
  network = await startTestNetwork({ scale: 200 });
  origin = new URL(network.record().gateway.url).origin;
}, 240_000);

afterAll(async () => {
  await network?.stop();
}, 60_000);

function sampleOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return sampleOf(type.ofType as GraphQLInputType);
  if (isListType(type)) return `[${sampleOf(type.ofType as GraphQLInputType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (!isInputObjectType(type) || type.name in SAMPLES) return SAMPLES[type.name] ?? '""';
  const members = Object.values(type.getFields()).filter(isRequiredInputField);
  return `{ ${members.map((member) => `${member.name}: ${sampleOf(member.type)}`).join(', ')} }`;
}

function askedAs(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter((argument: GraphQLArgument) => isRequiredArgument(argument));
  const values = given.map(({ name, type }) => `${name}: ${sampleOf(type)}`).join(', ');
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return `${kind} { ${field.name}${values === '' ? '' : `(${values})`}${selection} }`;
}

const ROOTS = [
  ...Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => ['query', 'Query', field] as const),
  ...Object.values(schema.getMutationType()?.getFields() ?? {}).map(
    (field) => ['mutation', 'Mutation', field] as const,
  ),
];

/** What becomes of every root field for a user; with or without the name of a case. */
async function outcomes(user: string, isNamed: boolean): Promise<Readonly<Record<string, string>>> {
  // The citizens' portal says on whose behalf it asks; by no other purpose is it told of looks.
  const isPortal = user.startsWith('portal-');
  const named = { 'afc-case': CASE_ID, 'afc-purpose': isPortal ? 'SUBJECT_ACCESS' : 'INVESTIGATION' };
  const headers = {
    authorization: `Bearer ${await network.tokenOf(user)}`,
    ...(isNamed ? named : {}),
    ...(isPortal ? { 'afc-purpose': named['afc-purpose'] } : {}),
  };
  const told: Record<string, string> = {};
  for (const [kind, typeName, field] of ROOTS) {
    const { errors } = await askGraphQL(origin, askedAs(kind, field), {}, headers);
    const code = errors[0]?.extensions.code ?? 'ANSWERED';
    told[`${typeName}.${field.name}`] = code === 'FORBIDDEN' || code === 'PURPOSE_REQUIRED' ? code : 'LET THROUGH';
  }
  return told;
}

describe('every root field', () => {
  it.each(DEMO_USERS.map(({ name, roles }) => [name, roles] as const))(
    'is given to %s as the rules say',
    async (user, roles) => {
      for (const isNamed of [false, true]) {
        const expected = ROOTS.map(([kind, typeName, { name }]) => {
          const coordinate = `${typeName}.${name}`;
          const refusal = fieldRefusal(coordinate, { roles, forCase: isNamed });
          const whole = kind === 'query' && roles.includes('DISPATCHER') ? 'FORBIDDEN' : null;
          // Of whom nothing was shown under the case, nobody is looked up.
          const strange = isNamed && kind === 'query' && LOOKED_UP.includes(name) ? 'FORBIDDEN' : null;
          return [coordinate, whole ?? refusal ?? strange ?? 'LET THROUGH'];
        });
        expect({ isNamed, ...(await outcomes(user, isNamed)) }).toEqual({ isNamed, ...Object.fromEntries(expected) });
      }
    },
    60_000,
  );

  it('is given to nobody who is not signed in', async () => {
    for (const [kind, , field] of ROOTS) {
      const { status, data, errors } = await askGraphQL(origin, askedAs(kind, field));
      expect([field.name, status, data, errors[0]?.extensions.code]).toEqual([
        field.name,
        401,
        null,
        'UNAUTHENTICATED',
      ]);
    }
  }, 60_000);
});
