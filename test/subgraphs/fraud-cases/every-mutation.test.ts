// Every mutation that the schema has, found by reading it, so that none can be added past this: without a token it is not begun, a
// suspended person does not begin it, and the roles that have no mutation at all are refused by each.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { buildFraudCasesSubgraph } from '../../../subgraphs/fraud-cases/api/schema';
import type { RunningService } from '../../../subgraphs/fraud-cases/server';
import { openLogPool } from '../../../subgraphs/fraud-cases/store/log-pool';
import { reinstate, suspend } from '../../../subgraphs/fraud-cases/store/suspension';
import { askGraphQL } from '../../support/http-call';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';
import { caseFact, createCaseDatabase, serveFraudCases } from './fraud-cases-fixture';
import { type Ceremony, makeCeremony } from './log-fixture';

let issuer: TokenIssuer;
let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let ceremony: Ceremony;
let service: RunningService;
let mutations: readonly { readonly name: string; readonly text: string }[];

beforeAll(async () => {
  const { schema } = await buildFraudCasesSubgraph();
  mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => ({
    name: field.name,
    text: `mutation { ${field.name}${argumentsOf(field)} { __typename } }`,
  }));
  issuer = await startTokenIssuer();
  database = await createCaseDatabase([caseFact(1, '+77010000001', { id: CASE_ID })]);
  // As if the seeded history had been told: commands begin after it.
  await database.dataSource.query('UPDATE seeded_case SET is_told = true');
  ceremony = await makeCeremony();
  service = await serveFraudCases(database.url, ceremony, issuer);
});

afterAll(async () => {
  await service.stop();
  await Promise.all([issuer.stop(), database.close()]);
  ceremony.remove();
});

const CASE_ID = '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10';

const SAMPLES: Readonly<Record<string, string>> = {
  ID: JSON.stringify(CASE_ID),
  String: '"words that are long enough"',
  Int: '3',
  Float: '1.5',
  Boolean: 'true',
  Msisdn: '"+77010000001"',
  Iin: '"900101300007"',
  DateTime: '"2026-03-05T10:00:00.000Z"',
  Kzt: '"1000.00"',
};

function argumentsOf(field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${sampleOf(type)}`);
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}

function sampleOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return sampleOf(type.ofType as GraphQLInputType);
  if (isListType(type)) return `[${sampleOf(type.ofType as GraphQLInputType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (!isInputObjectType(type)) return SAMPLES[type.name] ?? '""';
  const members = Object.values(type.getFields()).filter(isRequiredInputField);
  return `{ ${members.map((member) => `${member.name}: ${sampleOf(member.type)}`).join(', ')} }`;
}

const WORK = [
  'triageReport',
  'assignCase',
  'addCaseSubject',
  'addEvidence',
  'requestInformation',
  'proposeDecision',
  'issueTemporaryBlock',
  'cancelBlockOrder',
  'requestLift',
  'reopenCase',
  'closeCase',
  'markDuplicate',
  'recordLoss',
  'assessLiability',
  'reportSuspicion',
];

/** Which mutations each demo user's role has at all. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  'investigator-1': [...WORK, 'breakGlass'],
  'supervisor-1': [
    ...WORK,
    'breakGlass',
    'reviewBreakGlass',
    'approveDecision',
    'rejectDecision',
    'approveLift',
    'approveReopening',
    'approveAppealDecision',
    'approveLiability',
  ],
  'appeals-1': [
    'fileAppeal',
    'startAppealReview',
    'decideAppeal',
    'approveAppealDecision',
    'requestLift',
    'reopenCase',
  ],
  'operator-kcell': ['reportSuspicion', 'answerInformationRequest', 'recordCheckResult'],
  'bank-1': ['reportSuspicion', 'recordLoss', 'recordTransactionHold'],
  'portal-1': ['reportSuspicion', 'fileAppeal'],
  'analyst-1': [],
  'auditor-1': [],
  'admin-1': [],
  'afc-dispatcher': [],
};

/** The code of every mutation for a caller, by its name. */
async function codesFor(headers: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const codes: Record<string, string> = {};
  for (const { name, text } of mutations) {
    const { errors } = await askGraphQL(service.url, text, {}, headers);
    codes[name] = errors.map((error) => error.extensions.code).join() || 'BEGUN';
  }
  return codes;
}

const all = (code: string) => Object.fromEntries(mutations.map(({ name }) => [name, code]));
const as = (user: string) => ({ authorization: `Bearer ${issuer.tokenOf(user)}` });
const actsWritten = async () =>
  (await database.dataSource.query('SELECT count(*)::int AS count FROM audit.act'))[0].count;

describe('every mutation', () => {
  test('is known, and can be asked', async () => {
    expect(mutations.length).toBeGreaterThan(10);
    const codes = await codesFor(as('investigator-1'));
    expect(Object.entries(codes).filter(([, code]) => /BAD_USER_INPUT|INTERNAL|UNAUTHENTICATED/.test(code))).toEqual(
      [],
    );
  });

  test('without a token is not begun, whatever else is said', async () => {
    const before = await actsWritten();
    expect(await codesFor({})).toEqual(all('UNAUTHENTICATED'));
    expect(await codesFor({ 'x-user': 'supervisor-1', 'afc-purpose': 'INVESTIGATION' })).toEqual(
      all('UNAUTHENTICATED'),
    );
    expect(await actsWritten()).toBe(before);
  });

  test.each(Object.entries(MAY))(
    'is refused to %s, except what the role has, before anything is read',
    async (user, may) => {
      const before = await actsWritten();
      const codes = await codesFor(as(user));
      const isBegun = ([, code]: [string, string]) => code !== 'FORBIDDEN';
      expect(
        Object.entries(codes)
          .filter(isBegun)
          .map(([name]) => name)
          .sort(),
      ).toEqual([...may].sort());
      if (may.length === 0) expect(await actsWritten()).toBe(before);
    },
  );

  test('is refused to a person who was suspended a second ago', async () => {
    const pool = openLogPool(database.url);
    try {
      await suspend(pool, 'supervisor-1');
      expect(await codesFor(as('supervisor-1'))).toEqual(all('FORBIDDEN'));
      await reinstate(pool, 'supervisor-1');
      expect((await codesFor(as('supervisor-1'))).addEvidence).not.toBe('FORBIDDEN');
    } finally {
      await pool.end();
    }
  });
});
