// The mutations of block orders over HTTP, with tokens, and the opening of the act that tells an order.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyAct } from '../../../../shared/audit/act';
import { opensCommitment } from '../../../../shared/audit/commitment';
import { parseCompactJws } from '../../../../shared/audit/compact-jws';
import { importPublicKey } from '../../../../shared/audit/ed25519';
import { decodeBase64Url } from '../../../../shared/audit/encoding';
import { loadKeyFile } from '../../../../shared/audit-log/key-file';
import { documentHash } from '../../../../subgraphs/fraud-cases/log/order-document';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { asGateway } from '../../../support/gateway-signature';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { createOperatorsDocument, createRegistryDatabase, serveNumbering } from '../../numbering/numbering-fixture';
import { caseFact, createCaseDatabase, logger, serveFraudCases } from '../fraud-cases-fixture';
import { type Ceremony, makeCeremony } from '../log-fixture';

const SUSPECT = '+77015560001';
const CASE = '00000000-0000-4000-8000-000000000001';
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
  database = await createCaseDatabase([caseFact(1, SUSPECT, { id: CASE })]);
  await database.dataSource.query('UPDATE seeded_case SET is_told = true');
  const log = { ...ceremony.log, NUMBERING_URL: `${numbering.url}/graphql` };
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

interface Payload {
  readonly order: {
    readonly id: string;
    readonly version: number;
    readonly state: string;
    readonly document: string;
  } | null;
  readonly userErrors: readonly { readonly code: string }[];
}

async function ask(user: string, query: string, variables: object, key: string | null = null) {
  const body = JSON.stringify({ query, variables });
  const url = `${service.url}/graphql`;
  const headers = asGateway(url, body, {
    'content-type': 'application/json',
    authorization: `Bearer ${issuer.tokenOf(user)}`,
    ...(key === null ? {} : { 'idempotency-key': key }),
  });
  const response = await fetch(url, { method: 'POST', headers, body });
  const { data = null, errors = [] } = (await response.json()) as {
    readonly data?: Record<string, Payload> | null;
    readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  };
  const payload = data === null ? null : (Object.values(data)[0] ?? null);
  return {
    order: payload?.order ?? null,
    told: payload?.userErrors.map(({ code }) => code),
    codes: errors.map(({ extensions }) => extensions.code),
  };
}

const FIELDS = '{ order { id version state document target { msisdn } } userErrors { code message field } }';
const BLOCK = `mutation ($case: ID!, $msisdn: Msisdn!, $hours: Int) {
  issueTemporaryBlock(caseId: $case, msisdn: $msisdn, reason: "A mule.", hours: $hours) ${FIELDS} }`;
const CANCEL = `mutation ($id: ID!, $version: Int!) { cancelBlockOrder(orderId: $id, expectedVersion: $version, reason: "No.") ${FIELDS} }`;
const LIFT = `mutation ($id: ID!) { requestLift(orderId: $id, reason: "No.") ${FIELDS} }`;
const APPROVE = `mutation ($id: ID!, $version: Int!) { approveLift(orderId: $id, expectedVersion: $version) ${FIELDS} }`;
const suspect = { case: CASE, msisdn: SUSPECT };

describe('block orders', () => {
  it('are given by those who work the case, and by nobody else', async () => {
    for (const user of ['auditor-1', 'operator-kcell', 'bank-1', 'portal-1']) {
      expect((await ask(user, BLOCK, suspect)).codes).toEqual(['FORBIDDEN']);
    }
    expect((await ask('investigator-2', BLOCK, suspect)).told).toEqual(['NOT_ASSIGNED']);
    expect((await ask('investigator-1', BLOCK, { ...suspect, hours: 673 })).told).toEqual(['INVALID_INPUT']);
    const unknown = { ...suspect, case: '00000000-0000-4000-8000-00000000000f' };
    expect((await ask('investigator-1', BLOCK, unknown)).told).toEqual(['NOT_FOUND']);
  });

  it('are issued once for a key, lifted only in force, cancelled in the version that was seen', async () => {
    const { order, told } = await ask('investigator-1', BLOCK, suspect, 'one');
    expect([told, order?.state, order?.version]).toEqual([[], 'ISSUED', 1]);
    expect((await ask('investigator-1', BLOCK, suspect, 'one')).order?.id).toBe(order?.id);
    expect((await ask('investigator-1', BLOCK, { ...suspect, hours: 5 }, 'one')).codes).toEqual([
      'IDEMPOTENCY_CONFLICT',
    ]);
    expect((await ask('investigator-1', BLOCK, suspect)).told).toEqual(['ALREADY_BLOCKED']);
    const id = order?.id ?? '';
    expect((await ask('investigator-1', LIFT, { id })).told).toEqual(['NOT_BLOCKED']);
    expect((await ask('supervisor-1', APPROVE, { id, version: 1 })).told).toEqual(['ILLEGAL_TRANSITION']);
    expect((await ask('investigator-1', CANCEL, { id, version: 7 })).told).toEqual(['VERSION_CONFLICT']);
    expect((await ask('investigator-1', CANCEL, { id: CASE, version: 1 })).told).toEqual(['NOT_FOUND']);
    const cancelled = await ask('investigator-1', CANCEL, { id, version: 1 });
    expect([cancelled.told, cancelled.order?.state]).toEqual([[], 'CANCELLED']);
  });

  it('are opened to whoever holds them, as far as their hash', async () => {
    const { order } = await ask('investigator-1', BLOCK, suspect);
    const document = order?.document ?? '';
    const hash = documentHash(document);
    const found = await fetch(`${service.url}/log/orders/${hash}`);
    const { act, disclosures } = (await found.json()) as {
      readonly act: string;
      readonly disclosures: readonly { readonly field: string; readonly salt: string; readonly value: string }[];
    };
    const key = importPublicKey(loadKeyFile(ceremony.keyFile('afc', 'act')).publicKey.bytes);
    const { kind, to, commitments } = verifyAct(parseCompactJws(act), key);
    expect([kind, to, disclosures.map(({ field }) => field)]).toEqual(['block.ordered', ['kcell'], ['orderHash']]);
    const [{ salt, value } = { salt: '', value: '' }] = disclosures;
    const disclosure = {
      field: 'orderHash',
      salt: decodeBase64Url(salt) ?? new Uint8Array(),
      value: JSON.parse(value),
    };
    expect([value, opensCommitment(commitments.orderHash, disclosure)]).toEqual([JSON.stringify(hash), true]);
    for (const other of [documentHash('another'), 'x', '', `${hash}/`, "a'b"]) {
      expect((await fetch(`${service.url}/log/orders/${encodeURIComponent(other)}`)).status).toBe(404);
    }
    expect((await fetch(`${service.url}/log/orders/${hash}`, { method: 'POST' })).status).toBe(405);
  });
});
