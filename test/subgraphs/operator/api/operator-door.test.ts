// The operator's door, straight at it, as a thief of the gateway's keys or a stranger would stand there (rows B86 to B103 of the catalogue of bad
// input; B87 and B88, which are about certificates, stand in test/system/transport.test.ts). Everything is refused, nothing comes back, and the operator's keepers learn of it: a line of the log and a number. Where a row asks
// for a status that the design gives otherwise, the name says so.

import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Grant, signGrant, subjectKey } from '../../../../shared/access/lookup-grant';
import { signRequest, verifyAnswer } from '../../../../shared/access/request-signature';
import { parseCompactJws, verifyTypedJws } from '../../../../shared/audit/compact-jws';
import type { KeyPair } from '../../../../shared/audit-log/key-file';
import { createLogger } from '../../../../shared/service/logger';
import { msToInstant } from '../../../../shared/vocabulary/instant';
import { DISCLOSURE_TYPE } from '../../../../subgraphs/operator/log/disclosure-statement';
import type { RunningService } from '../../../../subgraphs/operator/server';
import { pruneDisclosures } from '../../../../subgraphs/operator/store/disclosure-store';
import { keyPair } from '../../../shared/audit-log/log-network';
import {
  EVERY_FIELD,
  grantedReader,
  grantFor,
  postSigned,
  type SignedPost,
  signedHeaders,
} from '../../../support/granted-reader';
import { GATEWAY_KEY, GRANT_KEY } from '../log/log-fixture';
import {
  company,
  contract,
  createOperatorDatabase,
  daysAgo,
  iinOf,
  imeiOf,
  type OperatorDatabase,
  person,
  serveOperator,
  tenure,
} from '../operator-fixture';

const CODE = 'kcell';
const SINCE = daysAgo(100);
const numberOf = (index: number): string => `+7701555${String(index).padStart(4, '0')}`;
const [NUMBER, OTHER] = [numberOf(0), numberOf(1)];
const SUBJECT = subjectKey('OperatorTenure', NUMBER, SINCE);
const IIN = iinOf(1);
const IMEI = imeiOf(1);
const key = (msisdn: string) => ({ __typename: 'OperatorTenure', msisdn, operatorCode: CODE, since: SINCE });
const SUBSCRIBER = 'subscriber { kind iin bin fullName maskedIin maskedName }';
const READ = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on OperatorTenure { msisdn contract { ${SUBSCRIBER} } } } }`;

let database: OperatorDatabase;
let service: RunningService;
let lines = '';
/** Persons of a day that the operator lets the bank look at here. */
const CAP = 40;

beforeAll(async () => {
  const numbers = Array.from({ length: 60 }, (_, index) => index);
  database = await createOperatorDatabase([
    ...numbers.map((index) => person(`p${index}`, iinOf(index + 1))),
    company('firm', '120340001230'),
    ...numbers.map((index) => tenure(numberOf(index), SINCE)),
    ...numbers.map((index) =>
      contract({
        id: `c${index}`,
        msisdn: numberOf(index),
        since: SINCE,
        subscriberId: `p${index}`,
        ...(index === 0
          ? {
              simCards: [],
              devices: [{ imei: IMEI, imsi: '401010000000001', firstSeenAt: SINCE, lastSeenAt: daysAgo(1) }],
            }
          : {}),
      } as Parameters<typeof contract>[0]),
    ),
  ]);
  const destination = {
    write(line: string) {
      lines += line;
    },
  };
  const logger = createLogger({ name: 'door', level: 'error', destination });
  service = await serveOperator(database.url, CODE, null, { logger, personsPerDay: CAP });
}, 60_000);
afterAll(async () => {
  await service?.stop();
  await database?.close();
});
afterEach(() => {
  lines = '';
});

/** Reasons that were told since the last look, and how often each was counted in all. */
const alarms = (): readonly string[] => [...lines.matchAll(/"alarm":"([A-Z_]+)"/g)].map(([, reason = '']) => reason);
async function countOf(reason: string): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const line = text
    .split('\n')
    .find((one) => one.startsWith('senim_door_refusals_total') && one.includes(`"${reason}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

async function usesOf(jti: string): Promise<number> {
  const [row] = await database.dataSource.query(
    'SELECT count(*)::integer AS uses FROM disclosure WHERE grant_id = $1',
    [jti],
  );
  return row?.uses;
}

const bodyOf = (keys: readonly unknown[], query = READ): string => JSON.stringify({ query, variables: { keys } });
const granted = (changes: Partial<Grant> = {}, by: KeyPair = GRANT_KEY) => ({
  'afc-grant': signGrant(grantFor(CODE, [SUBJECT], changes), by),
});

/** Sends a request whose headers a test has changed after they were signed. */
async function send(
  post: SignedPost,
  change: (headers: Record<string, string>) => void,
  path = '/graphql',
  body = post.body,
) {
  const headers = { ...signedHeaders(post) };
  change(headers);
  const response = await fetch(`${service.url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** Rows, as soon as there are any. */
async function until(read: () => Promise<readonly { readonly records: number }[]>) {
  for (;;) {
    const rows = await read();
    if (rows.length > 0) return rows;
    await sleep(10);
  }
}

/** That a request was refused: status, told reason, one more counted, and nothing of the data. */
async function expectRefused(
  reason: string,
  ask: () => Promise<{ status: number; text?: string; data?: unknown }>,
  status: number,
) {
  const before = await countOf(reason);
  lines = '';
  const answer = await ask();
  expect([answer.status, alarms()]).toEqual([status, [reason]]);
  expect(await countOf(reason)).toBe(before + 1);
  const told = JSON.stringify(answer);
  expect(told).not.toContain(IIN);
  expect(told).not.toContain('Ахметов');
  expect(lines).not.toContain(NUMBER);
}

describe('a request without the one signature of the gateway', () => {
  const good = (): SignedPost => ({ body: bodyOf([key(NUMBER)]), headers: granted() });
  it.each<[string, string, () => ReturnType<typeof send>]>([
    [
      'B86 for the schema, unsigned (401 before 403)',
      'SIGNATURE_MISSING',
      () => send({ body: '{"query":"{_service{sdl}}"}' }, drop),
    ],
    ['B89 that has none', 'SIGNATURE_MISSING', () => send(good(), drop)],
    ['B90 over another body', 'SIGNATURE_DIGEST', () => send(good(), () => {}, '/graphql', bodyOf([key(OTHER)]))],
    ['B90 over another path', 'SIGNATURE_SIGNATURE', () => send({ ...good(), path: '/graphq1' }, () => {})],
    ['B90 over another method', 'SIGNATURE_SIGNATURE', () => sendSignedAsGet()],
    [
      'B90 over another grant',
      'SIGNATURE_SIGNATURE',
      () => send(good(), (headers) => Object.assign(headers, granted())),
    ],
    [
      'B90 without the grant that it covers',
      'SIGNATURE_COVERAGE',
      () => send(good(), (headers) => delete headers['afc-grant']),
    ],
    ['B91 that has expired', 'SIGNATURE_EXPIRED', () => send({ ...good(), nowMs: Date.now() - 61_000 }, () => {})],
    ['B91 of the next minute', 'SIGNATURE_NOT_YET', () => send({ ...good(), nowMs: Date.now() + 61_000 }, () => {})],
    [
      'B93 over the method alone',
      'SIGNATURE_COVERAGE',
      () => send(good(), (headers) => rewrite(headers, /\([^)]*\)/, '("@method")')),
    ],
    [
      'B94 with a second label',
      'SIGNATURE_MALFORMED',
      () => send(good(), (headers) => rewrite(headers, /$/, ', other=("@method")')),
    ],
    ['B95 by HMAC with the public key', 'SIGNATURE_MALFORMED', () => send(good(), macInstead)],
    [
      'B95 that names an algorithm',
      'SIGNATURE_MALFORMED',
      () => send(good(), (headers) => rewrite(headers, /;tag=/, ';alg="hmac-sha256";tag=')),
    ],
    ['by a stranger', 'SIGNATURE_UNKNOWN_KEY', () => send({ ...good(), key: keyPair('mallory') }, () => {})],
    ['by the key of grants', 'SIGNATURE_UNKNOWN_KEY', () => send({ ...good(), key: GRANT_KEY }, () => {})],
    [
      'by a stranger under the name of the gateway',
      'SIGNATURE_SIGNATURE',
      () => send({ ...good(), key: { ...keyPair('mallory'), publicKey: GATEWAY_KEY.publicKey } }, () => {}),
    ],
  ])('%s is 401', (_what, reason, ask) => expectRefused(reason, ask, 401));

  it('B92 that came before is 401', async () => {
    const post = good();
    const headers = signedHeaders(post);
    const again = async () => {
      const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body: post.body });
      return { status: response.status, text: await response.text() };
    };
    expect((await again()).status).toBe(200);
    await expectRefused('SIGNATURE_REPLAYED', again, 401);
  });

  async function sendSignedAsGet() {
    const { body, headers = {} } = good();
    const message = { method: 'GET', path: '/graphql', body, headers };
    const signature = signRequest(message, GATEWAY_KEY, Date.now());
    const sent = { 'content-type': 'application/json', ...headers, ...signature };
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers: sent, body });
    return { status: response.status, text: await response.text() };
  }
  function drop(headers: Record<string, string>): void {
    delete headers.signature;
    delete headers['signature-input'];
  }
  function rewrite(headers: Record<string, string>, what: RegExp, by: string): void {
    headers['signature-input'] = (headers['signature-input'] ?? '').replace(what, by);
  }
  function macInstead(headers: Record<string, string>): void {
    const mac = createHmac('sha256', GATEWAY_KEY.publicKey.bytes).update('anything').digest('base64');
    headers.signature = `afc=:${mac}:`;
  }
});

describe('a hostile gateway', () => {
  const ask =
    (headers: Readonly<Record<string, string>>, body = bodyOf([key(NUMBER)])) =>
    () =>
      postSigned(service.url, { body, headers });
  const nowMs = Date.now();
  it.each<[string, string, () => ReturnType<ReturnType<typeof ask>>]>([
    ['B86 that asks for the schema', 'CLOSED_FIELD', ask(granted(), '{"query":"{_service{sdl}}"}')],
    ['that asks what types there are', 'CLOSED_FIELD', ask(granted(), '{"query":"{__schema{types{name}}}"}')],
    ['B98 without a grant', 'NO_GRANT', ask({})],
    ['B99 with a grant for another number', 'NOT_A_SUBJECT', ask(granted(), bodyOf([key(OTHER)]))],
    ['B99 with one of two numbers granted', 'NOT_A_SUBJECT', ask(granted(), bodyOf([key(NUMBER), key(OTHER)]))],
    [
      'with the number of another tenure',
      'NOT_A_SUBJECT',
      ask(granted(), bodyOf([{ ...key(NUMBER), since: daysAgo(50) }])),
    ],
    [
      'with the number at another operator',
      'NOT_A_SUBJECT',
      ask(granted(), bodyOf([{ ...key(NUMBER), operatorCode: 'beeline' }])),
    ],
    [
      'for a person, with a grant for a number',
      'NOT_A_SUBJECT',
      ask(granted(), bodyOf([{ __typename: 'OperatorHolding', iin: IIN, operatorCode: CODE }])),
    ],
    ['B101 with a grant for another operator', 'GRANT_WRONG_AUDIENCE', ask(granted({ audience: 'beeline' }))],
    [
      'B102 with a grant that has expired',
      'GRANT_EXPIRED',
      ask(granted({ issuedAt: msToInstant(nowMs - 130_000), expiresAt: msToInstant(nowMs - 70_000) })),
    ],
    [
      'with a grant of the next minute',
      'GRANT_NOT_YET',
      ask(granted({ issuedAt: msToInstant(nowMs + 600_000), expiresAt: msToInstant(nowMs + 660_000) })),
    ],
    ['B103 with a grant of its own making', 'GRANT_UNKNOWN_KEY', ask(granted({}, GATEWAY_KEY))],
    [
      'B103 with its own signature under the name of the key of grants',
      'GRANT_MALFORMED',
      ask(granted({}, { ...GATEWAY_KEY, publicKey: GRANT_KEY.publicKey })),
    ],
    [
      'with a changed grant',
      'GRANT_MALFORMED',
      ask({ 'afc-grant': granted()['afc-grant'].replace(/.$/, (end) => (end === 'A' ? 'E' : 'A')) }),
    ],
    ['with nonsense for a grant', 'GRANT_MALFORMED', ask({ 'afc-grant': 'a.b.c' })],
  ])('%s is 403', (_what, reason, read) => expectRefused(reason, read, 403));

  it.each<[string, readonly unknown[]]>([
    ['B96 Query', [{ __typename: 'Query' }]],
    ['B96 Nope', [{ __typename: 'Nope' }]],
    ['B96 __proto__', [{ __typename: '__proto__' }]],
    ['B96 no type', [{ msisdn: NUMBER, operatorCode: CODE, since: SINCE }]],
    ['B97 a number that is an object', [{ ...key(NUMBER), msisdn: { $gt: '' } }]],
    ['B97 101 representations (the design allows 100, the row 50)', Array.from({ length: 101 }, () => key(NUMBER))],
  ])('%s is 400', (_what, keys) => expectRefused('REPRESENTATION', ask(granted(), bodyOf(keys)), 400));

  it('B97 gets one answer a representation for the same number fifty times, whatever stands beside its key', async () => {
    const keys = Array.from({ length: 50 }, () => ({ ...key(NUMBER), contract: { id: 'forged' }, isAsked: false }));
    const { status, data } = await postSigned(service.url, { body: bodyOf(keys), headers: granted() });
    expect(status).toBe(200);
    expect(data?._entities).toHaveLength(50);
    expect(JSON.stringify(data)).not.toContain('forged');
  });

  it('smuggles no representation past the grant: not by an alias, a default, a literal or a single value', async () => {
    const literal = `{__typename: "OperatorTenure", msisdn: "${OTHER}", operatorCode: "kcell", since: "${SINCE}"}`;
    for (const query of [
      `query ($keys: [_Any!]!) { a: _entities(representations: $keys) { __typename } b: _entities(representations: [${literal}]) { __typename } }`,
      `query ($keys: [_Any!]!) { a: _entities(representations: $keys) { __typename } ...F } fragment F on Query { b: _entities(representations: ${literal}) { __typename } }`,
      `query ($keys: [_Any!]!, $more: [_Any!]! = [${literal}]) { a: _entities(representations: $keys) { __typename } b: _entities(representations: $more) { __typename } }`,
    ]) {
      await expectRefused('NOT_A_SUBJECT', ask(granted(), bodyOf([key(NUMBER)], query)), 403);
    }
  });

  it('may use one grant for so many requests and no more', async () => {
    const headers = granted();
    const guess = (serial: number) =>
      bodyOf(
        [key(NUMBER)],
        `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on OperatorTenure { kycMatch(iin: "${iinOf(serial)}") } } }`,
      );
    // All at once: what is recorded is what counts, not what was seen to be recorded.
    const answers = await Promise.all(Array.from({ length: 48 }, (_, serial) => ask(headers, guess(serial + 1))()));
    const statuses = answers.map(({ status }) => status);
    expect([statuses.filter((one) => one === 200).length, statuses.filter((one) => one === 403).length]).toEqual([
      32, 16,
    ]);
    await expectRefused('GRANT_SPENT', ask(headers, guess(50)), 403);
  });
});

describe('fields', () => {
  const read = async (selection: string, grant: Partial<Grant>) => {
    const [line] = await grantedReader(service.url, CODE).entities('OperatorTenure', selection, [key(NUMBER)], grant);
    return line;
  };

  it('B100 outside of the grant are null, not 403, as the design has it; keys are free', async () => {
    const fields = [
      'OperatorTenure.contract',
      'LineContract.subscriber',
      'Subscriber.maskedName',
      'Subscriber.maskedIin',
    ];
    const line = await read(`__typename msisdn operatorCode since contract { id ${SUBSCRIBER} } risk { level }`, {
      fields,
    }).catch((fault: unknown) => fault);
    // The id of a contract cannot be null: without it there is no contract.
    expect(String(line)).toContain('FORBIDDEN');
    expect(await read(`msisdn contract { ${SUBSCRIBER} status } risk { level }`, { fields })).toEqual({
      msisdn: NUMBER,
      contract: {
        subscriber: {
          kind: null,
          iin: null,
          bin: null,
          fullName: null,
          maskedIin: expect.stringMatching(/^\*{8}/),
          maskedName: 'А***** К.',
        },
        status: null,
      },
      risk: null,
    });
  });

  it('in clear need a grant of the class CLEAR that opens them for this number', async () => {
    const clear = `contract { ${SUBSCRIBER} devices { imei maskedImei } } usage(from: "2026-01-01", to: "2026-01-02") { day }`;
    expect(await read(clear, {})).toMatchObject({
      contract: { subscriber: { iin: IIN, fullName: 'Ахметов Канат' }, devices: [{ imei: IMEI }] },
      usage: [],
    });
    const masked = {
      contract: { subscriber: { iin: null, fullName: null, maskedName: 'А***** К.' }, devices: [{ imei: null }] },
      usage: null,
    };
    expect(await read(clear, { class: 'MASKED' })).toMatchObject(masked);
    const other = subjectKey('OperatorTenure', OTHER, SINCE);
    expect(await read(clear, { subjects: [SUBJECT, other], clearSubjects: [other] })).toMatchObject(masked);
  });

  it('in clear are given under `contract` of a number that was asked, and nowhere else', async () => {
    const reader = grantedReader(service.url, CODE);
    const lines = `contract { ${SUBSCRIBER} devices { imei } } contracts { ${SUBSCRIBER} devices { imei } simCards { iccid } } usage(from: "2026-01-01", to: "2026-01-02") { day }`;
    const [line] = await reader.entities(
      'OperatorTenure',
      'contracts { subscriber { iin fullName } devices { imei } }',
      [key(NUMBER)],
    );
    expect(line).toEqual({ contracts: [{ subscriber: { iin: null, fullName: null }, devices: [{ imei: null }] }] });
    for (const [type, subject] of [
      ['OperatorHolding', { iin: IIN }],
      ['DeviceSighting', { imei: IMEI }],
    ] as const) {
      const [found] = await reader.entities(type, `tenures { ${lines} }`, [{ ...subject, operatorCode: CODE }]);
      const text = JSON.stringify(found);
      expect(text).toContain('А***** К.');
      expect(text).not.toMatch(new RegExp(`${IIN}|Ахметов|${IMEI}`));
      expect(found).toMatchObject({ tenures: [{ usage: null }] });
    }
  });
});

describe('an answer', () => {
  const keyOf = (keyId: string) => {
    const { publicKey } = keyPair('kcell response');
    return publicKey.keyId === keyId ? publicKey : null;
  };
  const signed = async (headers: Readonly<Record<string, string>>) => {
    const post = { body: bodyOf([key(NUMBER)]), headers };
    const sent = signedHeaders(post);
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers: sent, body: post.body });
    const body = await response.text();
    const answer = { status: response.status, body, headers: Object.fromEntries(response.headers) };
    return { ...answer, requestSignature: sent.signature ?? '' };
  };

  it('is signed by the operator as the answer to this request, a refusal as well', async () => {
    for (const headers of [granted(), {}]) {
      const answer = await signed(headers);
      expect(verifyAnswer(answer, keyOf).ok).toBe(true);
      expect(verifyAnswer({ ...answer, body: `${answer.body} ` }, keyOf).ok).toBe(false);
      expect(verifyAnswer({ ...answer, status: 201 }, keyOf).ok).toBe(false);
      expect(verifyAnswer({ ...answer, requestSignature: (await signed(headers)).requestSignature }, keyOf).ok).toBe(
        false,
      );
    }
  });

  it('to the same bytes under the same grant is the first one, and is written down once', async () => {
    const jti = randomUUID();
    const headers = granted({ jti });
    const body = bodyOf([key(NUMBER)], READ.replace('msisdn', 'msisdn services { readAt }'));
    const answers = await Promise.all(Array.from({ length: 4 }, () => postSigned(service.url, { body, headers })));
    const later = await postSigned(service.url, { body, headers });
    for (const { status, data } of [...answers, later]) expect([status, data]).toEqual([200, answers[0]?.data]);
    expect(await usesOf(jti)).toBe(1);
  });
});

describe("the operator's record", () => {
  it('tells of each use who, for what, of whom by names of its own, and which fields; no personal datum', async () => {
    const jti = randomUUID();
    const caseId = randomUUID();
    await grantedReader(service.url, CODE).entities(
      'OperatorTenure',
      'msisdn contract { subscriber { maskedName } } risk { level }',
      [key(NUMBER)],
      {
        jti,
        caseId,
        fields: EVERY_FIELD.filter((field) => !field.startsWith('Risk') && field !== 'OperatorTenure.risk'),
      },
    );
    const [row] = await database.dataSource.query('SELECT * FROM disclosure WHERE grant_id = $1', [jti]);
    expect(row).toMatchObject({
      actor: 'AAAAAAAAAAAAAAAAAAAAAA',
      role: 'INVESTIGATOR',
      case_id: caseId,
      purpose: 'INVESTIGATION',
      class: 'CLEAR',
      fields: [
        'LineContract.subscriber',
        'OperatorTenure.contract',
        'OperatorTenure.msisdn',
        'Subscriber.maskedName',
      ].filter((field) => field !== 'OperatorTenure.msisdn'),
      persons: 1,
      subjects: [expect.any(Buffer)],
    });
    const [stated] = await database.dataSource.query('SELECT * FROM disclosure_statement WHERE grant_id = $1', [jti]);
    const said = verifyTypedJws(parseCompactJws(stated.jws), DISCLOSURE_TYPE, keyPair('kcell response').publicKey);
    expect(JSON.parse(Buffer.from(said).toString('utf8'))).toEqual({
      v: 1,
      grant: jti,
      grant_hash: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      request: row.content_digest,
      act: row.actor,
      role: row.role,
      case: caseId,
      purpose: row.purpose,
      class: row.class,
      fields: row.fields,
      subjects: row.subjects.map((name: Buffer) => name.toString('base64url')),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
    });
    for (const change of ["UPDATE disclosure_statement SET jws = 'x'", 'DELETE FROM disclosure_statement']) {
      await expect(database.dataSource.query(`${change} WHERE grant_id = $1`, [jti])).rejects.toThrow('never changed');
    }
    const dump = JSON.stringify(
      await database.dataSource.query('SELECT * FROM disclosure, disclosed_person, disclosure_statement'),
    );
    expect(dump).not.toMatch(/7701555|Ахметов/);
    expect(dump).not.toContain(IIN);
    await expect(database.dataSource.query('DELETE FROM disclosure WHERE grant_id = $1', [jti])).rejects.toThrow(
      'never changed',
    );
  });

  it('is safe before anything leaves: while it cannot be written nothing is told, though it may be read', async () => {
    const jti = randomUUID();
    const post = { body: bodyOf([key(NUMBER)]), headers: granted({ jti }) };
    const runner = database.dataSource.createQueryRunner();
    await runner.connect();
    await runner.query('BEGIN');
    await runner.query('LOCK TABLE disclosure IN EXCLUSIVE MODE');
    let answered = false;
    const asked = postSigned(service.url, post).finally(() => {
      answered = true;
    });
    const [waiting] = await until(() =>
      database.dataSource.query(
        "SELECT count(*)::integer AS records FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' HAVING count(*) > 0",
      ),
    );
    expect([waiting?.records, answered]).toEqual([1, false]);
    await runner.query('COMMIT');
    await runner.release();
    expect((await asked).data).toMatchObject({ _entities: [{ contract: { subscriber: { iin: IIN } } }] });
    expect(await usesOf(jti)).toBe(1);
  });

  it('that cannot be written at all answers with a fault and nothing else', async () => {
    await database.dataSource.query('ALTER TABLE disclosure RENAME TO elsewhere');
    const answer = await postSigned(service.url, { body: bodyOf([key(NUMBER)]), headers: granted() }).finally(() =>
      database.dataSource.query('ALTER TABLE elsewhere RENAME TO disclosure'),
    );
    expect([answer.status, answer.data, answer.errors.map(({ extensions }) => extensions.code)]).toEqual([
      500,
      null,
      ['INTERNAL'],
    ]);
  });

  it('knows a request that another process of this operator has seen', async () => {
    const twin = await serveOperator(database.url, CODE, null, { personsPerDay: CAP });
    try {
      const post = { body: bodyOf([key(NUMBER)]), headers: granted() };
      const headers = [signedHeaders(post), signedHeaders(post)];
      const statuses: number[] = [];
      for (const origin of [service.url, twin.url, twin.url, service.url]) {
        // First the one request at both, then another one under the same grant at both, in the other order.
        const sent = headers[statuses.length < 2 ? 0 : 1];
        const response = await fetch(`${origin}/graphql`, { method: 'POST', headers: sent ?? {}, body: post.body });
        await response.text();
        statuses.push(response.status);
      }
      expect(statuses).toEqual([200, 401, 200, 401]);
      expect(alarms()).toEqual(['GRANT_REPLAYED']);
    } finally {
      await twin.stop();
    }
  });

  it('is kept for five years, and dropped then alone', async () => {
    const [young, old] = [randomUUID(), randomUUID()];
    for (const [jti, age] of [
      [young, '4 years 364 days'],
      [old, '5 years 1 day'],
    ]) {
      await database.dataSource.query(
        `INSERT INTO disclosure SELECT $1, 'd', 'a', 'r', NULL, 'p', 'MASKED', '{}', '{}', 0, senim_now() - $2::interval`,
        [jti, age],
      );
      await database.dataSource.query(`INSERT INTO disclosure_statement VALUES ($1, 'd', 'said')`, [jti]);
    }
    await expect(database.dataSource.query('DELETE FROM disclosure WHERE grant_id = $1', [young])).rejects.toThrow(
      'never changed',
    );
    expect(await pruneDisclosures(database.dataSource)).toBe(1);
    expect([await usesOf(young), await usesOf(old)]).toEqual([1, 0]);
    const said = await database.dataSource.query(`SELECT grant_id FROM disclosure_statement WHERE jws = 'said'`);
    expect(said).toEqual([{ grant_id: young }]);
  });

  it('counts persons, not requests, exactly under a race, up to the cap of the day', async () => {
    const [before] = await database.dataSource.query('SELECT persons FROM disclosure_day');
    const looked = Number(before?.persons ?? 0);
    const races = Array.from({ length: 60 }, (_, index) =>
      grantedReader(service.url, CODE).ask(
        'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on OperatorTenure { contract { status } } } }',
        {
          keys: [key(numberOf(index))],
        },
      ),
    );
    const answers = await Promise.all(races);
    const counts = new Map<string, number>();
    for (const { status, errors } of answers) {
      const word = `${status} ${errors[0]?.extensions.code ?? ''}`.trim();
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    // Number 0 was looked at before, by the tests above.
    expect([looked, Object.fromEntries(counts)]).toEqual([1, { '200': CAP, '429 QUOTA_EXCEEDED': 60 - CAP }]);
    const [after] = await database.dataSource.query(
      'SELECT persons, (SELECT count(*)::integer FROM disclosed_person) AS named FROM disclosure_day',
    );
    expect(after).toEqual({ persons: CAP, named: CAP });
    expect(alarms()).toEqual(Array.from({ length: 60 - CAP }, () => 'OVER_CAP'));
    // Whoever was looked at today may be looked at again.
    const [again] = await grantedReader(service.url, CODE).entities('OperatorTenure', 'contract { status }', [
      key(NUMBER),
    ]);
    expect(again).toEqual({ contract: { status: 'ACTIVE' } });
  });
});
