// The mutations of cases over HTTP, with tokens: who may begin one, what is answered, how refusals are told, and what a key does.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { asGateway } from '../../../support/gateway-signature';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { createOperatorsDocument, createRegistryDatabase, serveNumbering } from '../../numbering/numbering-fixture';
import { createCaseDatabase, logger, serveFraudCases } from '../fraud-cases-fixture';
import { type Ceremony, makeCeremony } from '../log-fixture';

const SUSPECT = '+77015550001';
let issuer: TokenIssuer;
let ceremony: Ceremony;
let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let registry: Awaited<ReturnType<typeof createRegistryDatabase>>;
let operators: ReturnType<typeof createOperatorsDocument>;
let numbering: RunningService;
let service: RunningService;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  ceremony = await makeCeremony();
  operators = createOperatorsDocument();
  operators.write([{ code: 'kcell' }]);
  registry = await createRegistryDatabase([
    { kind: 'tenure', msisdn: SUSPECT, operatorCode: 'kcell', since: '2024-01-01T00:00:00.000Z', until: null },
  ] as never);
  numbering = await serveNumbering(registry.url, operators.path, logger, ceremony);
  database = await createCaseDatabase([]);
  const log = { ...ceremony.log, NUMBERING_URL: numbering.url };
  service = await serveFraudCases(database.url, { ...ceremony, log }, issuer);
}, 60_000);
afterAll(async () => {
  await service?.stop();
  await numbering?.stop();
  await registry?.close();
  await database?.close();
  operators?.remove();
  ceremony?.remove();
  await issuer?.stop();
});

interface Told {
  readonly status: number;
  readonly data: Record<string, Payload | null> | null;
  readonly errors: readonly { readonly extensions: { readonly code: string } }[];
}
interface Payload {
  readonly case: { readonly id: string; readonly version: number; readonly state: string } | null;
  readonly userErrors: readonly { readonly code: string; readonly field: readonly string[] | null }[];
}

async function ask(
  user: string | null,
  query: string,
  variables: object = {},
  key: string | null = null,
): Promise<Told> {
  const body = JSON.stringify({ query, variables });
  const url = `${service.url}/graphql`;
  const headers = asGateway(url, body, {
    'content-type': 'application/json',
    ...(user === null ? {} : { authorization: `Bearer ${issuer.tokenOf(user)}` }),
    ...(key === null ? {} : { 'idempotency-key': key }),
  });
  const response = await fetch(url, { method: 'POST', headers, body });
  const { data = null, errors = [] } = (await response.json()) as Partial<Told>;
  return { status: response.status, data, errors };
}

const REPORT = `mutation ($input: ReportSuspicionInput!) { reportSuspicion(input: $input) {
  report { id reporter suspect { msisdn } } case { id version state } duplicate clocks { party rule { id } state } userErrors { code message field } } }`;
const TRIAGE = `mutation ($id: ID!, $input: TriageInput!) { triageReport(caseId: $id, input: $input) {
  case { id version state track subjects { role number { msisdn } } clocks { rule { id } party state } } userErrors { code message field } } }`;
const report = (sourceRef: string) => ({
  input: {
    source: 'BANK_SIGNAL',
    sourceRef,
    suspect: SUSPECT,
    channel: 'PAYMENT',
    detectedAt: new Date().toISOString(),
  },
});
const check = { severity: 'HIGH', fraudType: 'SIM_BOX_BYPASS', track: 'OPERATOR_CHECK' };

describe('a mutation', () => {
  it('needs a token, and a role that may give it', async () => {
    for (const [user, code] of [
      [null, 'UNAUTHENTICATED'],
      ['auditor-1', 'FORBIDDEN'],
      ['analyst-1', 'FORBIDDEN'],
    ] as const) {
      const { errors, data } = await ask(user, REPORT, report('none'));
      expect([errors[0]?.extensions.code, data]).toEqual([code, null]);
    }
  });

  it('shows what it did: the report, its case, and the duties of the reporter', async () => {
    const { data, errors } = await ask('bank-1', REPORT, report('first'));
    expect(errors).toEqual([]);
    expect(data?.reportSuspicion).toEqual({
      report: { id: expect.any(String), reporter: 'bank-1', suspect: { msisdn: SUSPECT } },
      case: { id: expect.any(String), version: 1, state: 'REPORTED' },
      duplicate: false,
      clocks: [{ party: 'bank-1', rule: { id: 'BANK-01' }, state: 'MET' }],
      userErrors: [],
    });
    const again = await ask('bank-1', REPORT, report('first'));
    expect(again.data?.reportSuspicion?.userErrors).toMatchObject([{ code: 'DUPLICATE_REFERENCE' }]);
  });

  it('asks numbering who serves the number, and gives the case to that operator', async () => {
    const told = await ask('bank-1', REPORT, report('second'));
    const id = told.data?.reportSuspicion?.case?.id;
    const { data } = await ask('investigator-1', TRIAGE, { id, input: check });
    expect(data?.triageReport).toMatchObject({
      case: {
        id,
        state: 'OPERATOR_CHECK',
        track: 'OPERATOR_CHECK',
        subjects: [{ role: 'SUSPECT', number: { msisdn: SUSPECT } }],
        clocks: expect.arrayContaining([{ rule: { id: 'OP-02' }, party: 'kcell', state: 'RUNNING' }]),
      },
      userErrors: [],
    });
    const refused = await ask('investigator-1', TRIAGE, { id, input: check });
    expect(refused).toMatchObject({
      status: 200,
      errors: [],
      data: { triageReport: { case: null, userErrors: [{ code: 'ILLEGAL_TRANSITION' }] } },
    });
  });

  it('is answered as before under its key, and not at all when the key was used for something else', async () => {
    const input = { id: 'nowhere', input: check };
    const first = await ask('investigator-1', TRIAGE, input, 'key-1');
    expect(first.data?.triageReport?.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(await ask('investigator-1', TRIAGE, input, 'key-1')).toEqual(first);
    const other = await ask('investigator-1', TRIAGE, { ...input, id: 'elsewhere' }, 'key-1');
    expect(other.errors[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT');
    const otherPerson = await ask('supervisor-1', TRIAGE, { ...input, id: 'elsewhere' }, 'key-1');
    expect(otherPerson.errors).toEqual([]);
    expect((await ask('investigator-1', TRIAGE, input, 'a key')).errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('refuses texts that no table holds, with their path', async () => {
    for (const dismissReason of ['a\u0000b', 'x'.repeat(10_001), '\ud800']) {
      const { data, errors } = await ask('investigator-1', TRIAGE, { id: 'nowhere', input: { dismissReason } });
      expect(errors).toEqual([]);
      expect(data?.triageReport?.userErrors).toMatchObject([
        { code: 'INVALID_INPUT', field: ['input', 'dismissReason'] },
      ]);
    }
  });

  it('reads anew what an earlier one of the same request changed', async () => {
    const assign = 'assignCase(caseId: $id, assignee: "investigator-1") { case { version state } userErrors { code } }';
    const told = await ask('bank-1', REPORT, report('third'));
    const id = told.data?.reportSuspicion?.case?.id;
    const { data } = await ask('supervisor-1', `mutation ($id: ID!) { one: ${assign} two: ${assign} }`, { id });
    const [one, two] = [data?.one?.case?.version ?? 0, data?.two?.case?.version ?? 0];
    expect(two).toBe(one + 1);
  });
});
