// Reads of operators through the running gateway: one question to the bank for each step of a plan, its grants with each call, what was
// refused null with its code, and nobody asked when the bank says no or nothing. Answers of operators count when they are signed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDisclosure } from '../../../gateway/access/disclosure';
import { readConfig } from '../../../gateway/config';
import { operatorAccess } from '../../../gateway/operator-access';
import { type RunningGateway, startGateway } from '../../../gateway/server';
import type { Grant } from '../../../shared/access/lookup-grant';
import { createSeenNonces, signAnswer, verifyRequest } from '../../../shared/access/request-signature';
import { loadKeyFile } from '../../../shared/audit-log/key-file';
import { createLogger } from '../../../shared/service/logger';
import {
  type BankDesk,
  freshKey,
  grantAll,
  listedKey,
  signedBy,
  startBankDesk,
  startSigningOperator,
} from '../../support/bank-desk';
import {
  NOBODYS_NUMBER,
  operatorSchema,
  startWorld,
  WORLD_OPERATORS,
  type World,
  type WorldServer,
  worldNumber,
} from '../../support/contract-world';
import { writeGatewayFolder } from '../../support/gateway-folder';
import { gatewayIdentity } from '../../support/gateway-identity';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

const CASE = '7b0f3a52-2c1e-4b57-9c11-5d7a1e0f8c01';
const SINCE = '2024-05-01T00:00:00.000Z';
const grantKey = freshKey();
const responseKeys = Object.fromEntries(WORLD_OPERATORS.map((code) => [code, freshKey()]));
const responseKeyOf = (code: string) => responseKeys[code] ?? grantKey;

let world: World;
let operators: Record<string, WorldServer>;
let desk: BankDesk;
let issuer: TokenIssuer;
let gateway: RunningGateway;
let folder: string;
let keyFile: string;
/** How each operator signs; honest unless a test says otherwise. */
const signing: Record<string, (text: string, requestSignature: string) => Readonly<Record<string, string>>> = {};

beforeAll(async () => {
  world = await startWorld(WORLD_OPERATORS);
  desk = await startBankDesk(world.servers['fraud-cases']?.url ?? '');
  issuer = await startTokenIssuer();
  operators = {};
  for (const code of WORLD_OPERATORS) {
    operators[code] = await startSigningOperator(
      operatorSchema(code),
      (text, request) => signing[code]?.(text, request) ?? {},
    );
  }
  folder = mkdtempSync(join(tmpdir(), 'senim-disclosure-'));
  writeGatewayFolder(folder, world.supergraph, (code) => ({
    endpoint: operators[code]?.url,
    keys: { response: listedKey(responseKeyOf(code)) },
  }));
  const identity = gatewayIdentity(folder, issuer);
  keyFile = identity.GATEWAY_KEY_FILE;
  const config = readConfig({
    PORT: '0',
    ...identity,
    OPERATORS_FILE: join(folder, 'operators.json'),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    NUMBERING_URL: world.servers.numbering?.url,
    FRAUD_CASES_URL: desk.url,
    REQUEST_DEADLINE_MS: '1500',
    OPERATOR_DEADLINE_MS: '1200',
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  gateway = await startGateway(config.value, createLogger({ name: 'gateway', level: 'silent' }), operatorAccess);
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([
    world.close(),
    desk.close(),
    issuer.stop(),
    ...Object.values(operators).map((one) => one.close()),
  ]);
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  desk.calls.length = 0;
  desk.answer = grantAll(grantKey);
  for (const code of WORLD_OPERATORS) {
    signing[code] = signedBy(responseKeyOf(code));
    const calls = operators[code]?.calls;
    if (calls !== undefined) calls.length = 0;
  }
});

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: Record<string, unknown> }[];
}

async function ask(
  query: string,
  variables: object = {},
  { user = 'investigator-1', forCase = false }: { user?: string; forCase?: boolean } = {},
): Promise<Answer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${issuer.tokenOf(user)}`,
      ...(forCase ? { 'afc-case': CASE, 'afc-purpose': 'INVESTIGATION' } : {}),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

const codesOf = (answer: Answer) =>
  (answer.errors ?? []).map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`);
const calledOperators = () => WORLD_OPERATORS.filter((code) => operators[code]?.calls.length);
const callsOf = (code: string) => operators[code]?.calls ?? [];
const subjectOf = (msisdn: string) => `OperatorTenure:${msisdn}:${SINCE}`;

const kcell = worldNumber('kcell', 3);
const beeline = worldNumber('beeline', 4);
const tele2 = worldNumber('tele2', 5);
const MASKED = 'currentTenure{risk{level} contract{id subscriber{kind maskedName}}}';
const ONE = `query($m:Msisdn!){phoneNumber(msisdn:$m){${MASKED}}}`;
const CLEAR =
  'query($m:Msisdn!){phoneNumber(msisdn:$m){currentTenure{risk{level} contract{id subscriber{maskedName iin fullName}}}}}';

describe('a wave of reads', () => {
  test('is one question to the bank, with every operator, subject and coordinate of it, and each call has its grant', async () => {
    const answer = await ask(
      `query($m:[Msisdn!]!,$k:Msisdn!){phoneNumbers(msisdns:$m){${MASKED}} other:phoneNumber(msisdn:$k){currentTenure{simSwap{swapped}}}}`,
      { m: [beeline, tele2], k: kcell },
    );
    expect(answer.errors).toBeUndefined();
    expect(desk.calls.map(({ path }) => path)).toEqual(['/internal/disclosures']);
    const [call] = desk.calls;
    expect(call?.body.case).toBeNull();
    const reads = new Map(call?.body.reads.map((read) => [read.operatorCode, read]));
    expect([...reads.keys()].sort()).toEqual(['beeline', 'kcell', 'tele2']);
    expect(reads.get('beeline')?.subjects).toEqual([subjectOf(beeline)]);
    expect(reads.get('beeline')?.fields.sort()).toEqual([
      'LineContract.id',
      'LineContract.subscriber',
      'OperatorTenure.contract',
      'OperatorTenure.risk',
      'RiskAssessment.level',
      'Subscriber.kind',
      'Subscriber.maskedName',
    ]);
    expect(reads.get('kcell')?.fields).toContain('SimSwap.swapped');
    for (const code of WORLD_OPERATORS) {
      for (const { headers } of callsOf(code)) {
        const payload = JSON.parse(
          Buffer.from(String(headers['afc-grant']).split('.')[1] ?? '', 'base64url').toString(),
        ) as { aud: string };
        expect(payload.aud).toBe(code);
        expect(headers.authorization).toBeUndefined();
      }
    }
  });

  test('names the case and the purpose, the client by its own token, and is signed by the gateway', async () => {
    await ask(ONE, { m: kcell }, { forCase: true });
    const [call] = desk.calls;
    expect(call?.body).toMatchObject({ case: CASE, purpose: 'INVESTIGATION' });
    const [, claims = ''] = String(call?.headers.authorization).split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ sub: 'investigator-1' });
    const { publicKey } = loadKeyFile(keyFile);
    const verified = verifyRequest(
      { method: 'POST', path: call?.path ?? '', body: call?.text ?? '', headers: call?.headers ?? {} },
      (keyId) => (keyId === publicKey.keyId ? publicKey : null),
      Date.now(),
      createSeenNonces(),
    );
    expect(verified.ok).toBe(true);
  });

  test('of a later step is a question of its own, and the same subject is named once', async () => {
    await ask(`query($m:Msisdn!){a:phoneNumber(msisdn:$m){${MASKED}} b:phoneNumber(msisdn:$m){tenures{risk{level}}}}`, {
      m: kcell,
    });
    expect(desk.calls).toHaveLength(1);
    expect(desk.calls[0]?.body.reads[0]?.subjects).toEqual([subjectOf(kcell)]);
  });

  test('is not asked for when nothing of an operator is', async () => {
    await ask('query($m:Msisdn!){phoneNumber(msisdn:$m){msisdn blockStatus{state}}}', { m: kcell });
    expect(desk.calls).toHaveLength(0);
  });
});

describe('what the bank refuses', () => {
  test('is null with its code where it stands, and the rest stands', async () => {
    desk.answer = (question) => {
      const granted = grantAll(grantKey)(question);
      if (granted === null || granted === 'silent') return granted;
      const refused = [
        { coordinate: 'Subscriber.iin', code: 'FORBIDDEN' },
        { coordinate: 'Subscriber.fullName', code: 'FORBIDDEN' },
      ];
      return { status: 200, body: { ...(granted.body as object), refused } };
    };
    const answer = await ask(CLEAR, { m: kcell }, { forCase: true });
    expect(answer.data).toMatchObject({
      phoneNumber: {
        currentTenure: {
          risk: { level: 'LOW' },
          contract: { subscriber: { maskedName: expect.any(String), iin: null, fullName: null } },
        },
      },
    });
    const at = 'phoneNumber.currentTenure.contract.subscriber';
    expect(codesOf(answer).sort()).toEqual([`${at}.fullName FORBIDDEN`, `${at}.iin FORBIDDEN`]);
  });

  test('is refused for those rows alone that a grant in clear does not name', async () => {
    const [one, two] = [worldNumber('kcell', 11), worldNumber('kcell', 12)];
    desk.answer = grantAll(grantKey, () => ({ class: 'CLEAR', caseId: CASE, clearSubjects: [subjectOf(one)] }));
    const answer = await ask(
      'query($m:[Msisdn!]!){phoneNumbers(msisdns:$m){currentTenure{contract{subscriber{maskedName fullName}}}}}',
      { m: [one, two] },
      { forCase: true },
    );
    expect(codesOf(answer)).toEqual(['phoneNumbers.1.currentTenure.contract.subscriber.fullName FORBIDDEN']);
  });

  test('of a subject is not sent to its operator', async () => {
    const [one, two] = [worldNumber('kcell', 21), worldNumber('kcell', 22)];
    desk.answer = (question) => {
      const granted = grantAll(grantKey)(question);
      if (granted === null || granted === 'silent') return granted;
      return { status: 200, body: { ...(granted.body as object), subjectsRefused: [subjectOf(two)] } };
    };
    const answer = await ask('query($m:[Msisdn!]!){phoneNumbers(msisdns:$m){currentTenure{risk{level}}}}', {
      m: [one, two],
    });
    expect(JSON.stringify(callsOf('kcell'))).not.toContain(two);
    expect(answer.data).toEqual({
      phoneNumbers: [{ currentTenure: { risk: { level: 'LOW' } } }, { currentTenure: { risk: null } }],
    });
    expect(codesOf(answer)).toEqual(['phoneNumbers.1.currentTenure.risk PURPOSE_REQUIRED']);
  });

  test('of a whole operator leaves it unasked, and the others answer', async () => {
    desk.answer = ({ reads }) => grantAll(grantKey)({ case: null, purpose: null, reads: reads.slice(0, 1) });
    const answer = await ask('query($m:[Msisdn!]!){phoneNumbers(msisdns:$m){currentTenure{risk{level}}}}', {
      m: [kcell, beeline],
    });
    expect(calledOperators()).toEqual(['kcell']);
    expect(codesOf(answer)).toEqual(['phoneNumbers.1.currentTenure.risk PURPOSE_REQUIRED']);
  });
});

describe('a person, a company or a handset at the root', () => {
  const [PERSON, OTHER] = ['900101300007', '850505350018'];
  const personKey = (iin: string) => `OperatorHolding:${iin}`;
  const refuse = (...roots: string[]): void => {
    desk.answer = (question) => {
      const granted = grantAll(grantKey)(question);
      if (granted === null || granted === 'silent') return granted;
      const rootsRefused = (question.roots ?? []).filter((root) => roots.includes(root));
      return { status: 200, body: { ...(granted.body as object), rootsRefused } };
    };
  };

  test('is asked of the bank first, and then of the operators', async () => {
    const query = `query($i:Iin!){person(iin:$i){iin holdings{operatorCode activeLineCount}}}`;
    const answer = await ask(query, { i: PERSON }, { forCase: true });
    expect(answer.errors).toBeUndefined();
    expect(desk.calls.map(({ body }) => [body.roots, body.reads.length])).toEqual([
      [[personKey(PERSON)], 0],
      [undefined, 3],
    ]);
    expect(desk.calls[0]?.body).toMatchObject({ case: CASE, purpose: 'INVESTIGATION' });
    expect(calledOperators()).toHaveLength(3);
  });

  test.each([
    ['person', `{person(iin:"${PERSON}"){iin holdings{operatorCode activeLineCount}}}`, personKey(PERSON)],
    ['person', `{person(iin:"${PERSON}"){__typename}}`, personKey(PERSON)],
    ['legalEntity', '{legalEntity(bin:"150340012340"){holdings{operatorCode}}}', 'CorporateHolding:150340012340'],
    [
      'device',
      '{device(imei:"490154203237518"){sightings{operatorCode distinctImsi30d}}}',
      'DeviceSighting:490154203237518',
    ],
  ])('that is refused is null before any operator is asked: %s %s', async (field, query, subject) => {
    refuse(subject);
    const answer = await ask(query, {}, { forCase: true });
    expect(answer.data).toEqual({ [field]: null });
    expect(codesOf(answer)).toEqual([`${field} FORBIDDEN`]);
    expect(calledOperators()).toEqual([]);
    expect(desk.calls.map(({ body }) => body.roots)).toEqual([[subject]]);
  });

  test('is refused alone, whatever it is called, and the others stand', async () => {
    refuse(personKey(OTHER));
    const answer = await ask(
      'query($a:Iin!,$b:Iin!){one:person(iin:$a){holdings{activeLineCount}} two:person(iin:$b){iin holdings{activeLineCount}} again:person(iin:$b){__typename}}',
      { a: PERSON, b: OTHER },
      { forCase: true },
    );
    expect(answer.data).toMatchObject({ one: { holdings: [{}, {}, {}] }, two: null, again: null });
    expect(codesOf(answer).sort()).toEqual(['again FORBIDDEN', 'two FORBIDDEN']);
    expect(JSON.stringify(callsOf('kcell'))).not.toContain(OTHER);
    expect(desk.calls[0]?.body.roots).toEqual([personKey(PERSON), personKey(OTHER)]);
  });

  test('is null with its own code when the bank says no, or nothing that is understood', async () => {
    for (const [answer, code] of [
      [{ status: 429, body: { error: 'QUOTA_EXCEEDED' } }, 'QUOTA_EXCEEDED'],
      [{ status: 503, body: { error: 'AUDIT_UNAVAILABLE' } }, 'AUDIT_UNAVAILABLE'],
      [{ status: 200, body: { grants: {}, refused: [], subjectsRefused: [] } }, 'AUDIT_UNAVAILABLE'],
      [null, 'AUDIT_UNAVAILABLE'],
    ] as const) {
      desk.answer = () => answer;
      const told = await ask(
        `{person(iin:"${PERSON}"){iin} phoneNumber(msisdn:"${kcell}"){msisdn}}`,
        {},
        { forCase: true },
      );
      expect(told.data).toEqual({ person: null, phoneNumber: { msisdn: kcell } });
      expect(codesOf(told)).toEqual([`person ${code}`]);
    }
    expect(calledOperators()).toEqual([]);
  });

  test('is not asked of anybody without a case', async () => {
    const answer = await ask(`{person(iin:"${PERSON}"){iin}}`);
    expect(answer.data).toEqual({ person: null });
    expect(codesOf(answer)).toEqual(['person PURPOSE_REQUIRED']);
    expect(desk.calls).toHaveLength(0);
  });
});

describe('a number that nobody has', () => {
  test('is told to the bank, alone or with the reads beside it', async () => {
    expect((await ask(ONE, { m: NOBODYS_NUMBER })).data).toEqual({ phoneNumber: null });
    expect(desk.calls.map(({ body }) => body)).toEqual([{ case: null, purpose: null, reads: [], misses: 1 }]);
    desk.calls.length = 0;
    await ask(
      `query($m:[Msisdn!]!,$n:Msisdn!){phoneNumbers(msisdns:$m){${MASKED}} gone:phoneNumber(msisdn:$n){msisdn}}`,
      { m: [kcell, NOBODYS_NUMBER], n: NOBODYS_NUMBER },
    );
    expect(desk.calls.map(({ body }) => [body.reads.length, body.misses])).toEqual([[1, 2]]);
  });

  test('is null whatever the bank says of it; numbers that somebody has are not counted', async () => {
    desk.answer = () => null;
    const answer = await ask(ONE, { m: NOBODYS_NUMBER });
    expect([answer.data, answer.errors]).toEqual([{ phoneNumber: null }, undefined]);
    desk.answer = grantAll(grantKey);
    desk.calls.length = 0;
    await ask(ONE, { m: kcell });
    expect(desk.calls.map(({ body }) => body.misses)).toEqual([undefined]);
  });
});

describe('a bank that says no, or nothing', () => {
  const HELD = 'phoneNumber.currentTenure.contract,phoneNumber.currentTenure.risk';
  const outcomeOf = async () => {
    const answer = await ask(`query($m:Msisdn!){phoneNumber(msisdn:$m){msisdn ${MASKED} blockStatus{state}}}`, {
      m: kcell,
    });
    expect(calledOperators()).toEqual([]);
    expect(answer.data).toEqual({
      phoneNumber: {
        msisdn: kcell,
        currentTenure: { risk: null, contract: null },
        blockStatus: { state: 'BLOCKED' },
      },
    });
    const errors = answer.errors ?? [];
    expect(
      errors
        .map(({ path }) => path?.join('.'))
        .sort()
        .join(),
    ).toBe(HELD);
    expect(JSON.stringify(errors)).not.toContain('operatorCode');
    return [...new Set(errors.map(({ extensions }) => extensions.code))].join();
  };

  test('leaves every operator unasked, with its own code at the fields', async () => {
    for (const [status, code] of [
      [429, 'QUOTA_EXCEEDED'],
      [403, 'FORBIDDEN'],
      [401, 'UNAUTHENTICATED'],
      [503, 'AUDIT_UNAVAILABLE'],
    ] as const) {
      desk.answer = () => ({ status, body: { error: code } });
      expect(await outcomeOf()).toBe(code);
    }
  });

  test('leaves every operator unasked when it breaks off, is silent, or says what nobody understands', async () => {
    const bodies: unknown[] = [
      '',
      'null',
      '[]',
      '{"grants":null}',
      '{"grants":{},"refused":[]}',
      '{"grants":{"kcell":1}',
    ];
    for (const body of bodies) {
      desk.answer = () => ({ status: 200, body });
      expect(await outcomeOf()).toBe('AUDIT_UNAVAILABLE');
    }
    desk.answer = () => null;
    expect(await outcomeOf()).toBe('AUDIT_UNAVAILABLE');
    desk.answer = () => ({ status: 500, body: { error: 'a word of its own' } });
    expect(await outcomeOf()).toBe('AUDIT_UNAVAILABLE');
  });

  test('is waited for until the deadline of the request, and no operator is asked after it', async () => {
    desk.answer = () => 'silent';
    const answer = await ask(ONE, { m: kcell });
    expect(calledOperators()).toEqual([]);
    expect(new Set((answer.errors ?? []).map(({ extensions }) => extensions.code))).toEqual(
      new Set(['AUDIT_UNAVAILABLE']),
    );
  });

  test('keeps nothing waiting that it has no word in: what the bank itself knows is there', async () => {
    desk.answer = () => 'silent';
    const answer = await ask(`query($m:Msisdn!){phoneNumber(msisdn:$m){msisdn ${MASKED} blockStatus{state}}}`, {
      m: kcell,
    });
    // Asked after the silence, it would have been too late for it.
    expect(answer.data).toMatchObject({ phoneNumber: { msisdn: kcell, blockStatus: { state: 'BLOCKED' } } });
    expect(new Set((answer.errors ?? []).map(({ extensions }) => extensions.code))).toEqual(
      new Set(['AUDIT_UNAVAILABLE']),
    );
  });

  test('leaves an operator unasked whose grant cannot stand in a header', async () => {
    desk.answer = () => ({
      status: 200,
      body: { grants: { kcell: 'a.b.c\r\nafc-context: forged' }, refused: [], subjectsRefused: [] },
    });
    const answer = await ask(ONE, { m: kcell });
    expect(calledOperators()).toEqual([]);
    expect(codesOf(answer)).toHaveLength(2);
  });
});

describe('who came up in clear', () => {
  const contract = { subject: subjectOf(kcell), way: ['contract', 'subscriber'] };
  const told = [
    { ...contract, coordinate: 'Subscriber.iin', value: '900101300007' },
    { ...contract, coordinate: 'Subscriber.bin', value: '123456789012' },
    { ...contract, way: ['contract', 'devices'], coordinate: 'DeviceUse.imei', value: '490154203237518' },
    { ...contract, way: ['contracts', 'subscriber'], coordinate: 'Subscriber.bin', value: '210987654321' },
    { ...contract, subject: subjectOf(tele2), coordinate: 'Subscriber.iin', value: '800101300007' },
    { ...contract, subject: null, coordinate: 'Subscriber.iin', value: '700101300007' },
  ];
  const context = {
    requestId: 'r-1',
    deadlineMs: performance.now() + 60_000,
    signal: new AbortController().signal,
    headersFor: () => ({}),
    askedFor: { caseId: CASE, purpose: 'INVESTIGATION' },
  };
  const watchOf = async (changes: Partial<Grant>, bodies: string[]) => {
    const { allow } = createDisclosure(async (path, _context, body) => {
      bodies.push(`${path} ${body}`);
      const answer = path === '/internal/disclosures' ? grantAll(grantKey, () => changes)(JSON.parse(body)) : null;
      const text = answer === null || answer === 'silent' ? '' : JSON.stringify(answer.body);
      const told = { status: 200, contentType: 'application/json', retryAfter: '', signature: null };
      return { answered: true, ...told, body: Buffer.from(text) };
    });
    const allowed = await allow(context, [
      { target: 'kcell', subjects: [subjectOf(kcell)], fields: ['Subscriber.iin'] },
    ]);
    const grant = allowed('kcell');
    return 'lost' in grant ? null : grant.watch;
  };

  test('is told to the bank under its grant: persons, companies and handsets of the contract in force', async () => {
    const bodies: string[] = [];
    const jti = '0b8f6a52-2c1e-4b57-9c11-5d7a1e0f8c01';
    const watch = await watchOf({ class: 'CLEAR', caseId: CASE, jti }, bodies);
    await watch?.tell(told.filter(({ coordinate }) => watch.coordinates.has(coordinate)));
    expect(bodies).toHaveLength(2);
    const identifiers = [
      'OperatorHolding:900101300007',
      'CorporateHolding:123456789012',
      'DeviceSighting:490154203237518',
    ];
    expect(bodies[1]).toBe(`/internal/occurrences ${JSON.stringify({ grant: jti, identifiers })}`);
  });

  test('is not told where nothing came, and never of a masked answer', async () => {
    const bodies: string[] = [];
    await (await watchOf({ class: 'CLEAR', caseId: CASE }, bodies))?.tell([]);
    expect(await watchOf({ class: 'MASKED', caseId: CASE }, bodies)).toBeNull();
    expect(bodies.every((body) => body.startsWith('/internal/disclosures'))).toBe(true);
  });
});

describe('an answer of an operator', () => {
  const lies: Readonly<Record<string, (text: string, request: string) => Readonly<Record<string, string>>>> = {
    unsigned: () => ({}),
    'signed by another operator': (text, request) => signedBy(responseKeyOf('beeline'))(text, request),
    'signed over another text': (_text, request) => signedBy(responseKeyOf('kcell'))('{}', request),
    'signed for another request': (text) =>
      signedBy(responseKeyOf('kcell'))(text, `afc=:${Buffer.alloc(64).toString('base64')}:`),
    'signed with another status': (body, requestSignature) =>
      signAnswer({ status: 403, body, requestSignature }, responseKeyOf('kcell'), Date.now()),
  };

  for (const [name, lie] of Object.entries(lies)) {
    test(`${name} is OPERATOR_BAD_RESPONSE, and costs its own fields alone`, async () => {
      signing.kcell = lie;
      const answer = await ask('query($m:[Msisdn!]!){phoneNumbers(msisdns:$m){currentTenure{risk{level}}}}', {
        m: [kcell, beeline],
      });
      expect(answer.data).toEqual({
        phoneNumbers: [{ currentTenure: { risk: null } }, { currentTenure: { risk: { level: 'LOW' } } }],
      });
      expect(codesOf(answer)).toEqual(['phoneNumbers.0.currentTenure.risk OPERATOR_BAD_RESPONSE']);
    });
  }
});

describe('an order', () => {
  test('needs no leave of the bank, is signed, and its answer must be', async () => {
    const order = 'mutation{executeBlockOrder(operatorCode:"kcell",order:"a.b.c"){outcome}}';
    expect((await ask(order, {}, { user: 'afc-dispatcher' })).data).toEqual({
      executeBlockOrder: { outcome: 'ENFORCED' },
    });
    expect(desk.calls).toHaveLength(0);
    expect(callsOf('kcell')[0]?.headers['signature-input']).toContain('tag="afc-sg-v1"');
    expect(callsOf('kcell')[0]?.headers['afc-grant']).toBeUndefined();
    signing.kcell = () => ({});
    expect(codesOf(await ask(order, {}, { user: 'afc-dispatcher' }))).toEqual([
      'executeBlockOrder OPERATOR_BAD_RESPONSE',
    ]);
  });
});
