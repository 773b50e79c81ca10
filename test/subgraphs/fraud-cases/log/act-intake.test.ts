// Acts that operators hand over while the log runs, over real HTTP: good ones become reports and cases, the same one again changes nothing, and
// nobody's word is taken for another's.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { importPublicKey } from '../../../../shared/audit/ed25519';
import { verifyPromise } from '../../../../shared/audit/promise';
import type { SignedAct } from '../../../../shared/audit-log/act-author';
import { loadKeyFile } from '../../../../shared/audit-log/key-file';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { askGraphQL, postJson } from '../../../support/http-call';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { caseFact, createCaseDatabase, serveFraudCases } from '../fraud-cases-fixture';
import {
  type Ceremony,
  makeCeremony,
  type OperatorAct,
  openOperator,
  suspicion,
  type TestOperator,
  toMessage,
} from '../log-fixture';

const SUSPECT = '+77012220001';
const OTHER = '+77012220002';
const uuid = (ordinal: number): string => `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;

let ceremony: Ceremony;
let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let service: RunningService;
let kcell: TestOperator;
let beeline: TestOperator;
let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  ceremony = await makeCeremony();
  database = await createCaseDatabase([]);
  service = await serveFraudCases(database.url, ceremony, issuer);
  kcell = await openOperator(ceremony, 'kcell');
  beeline = await openOperator(ceremony, 'beeline');
}, 60_000);
afterAll(async () => {
  await issuer?.stop();
  await service?.stop();
  await kcell?.close();
  await beeline?.close();
  await database?.close();
  ceremony?.remove();
});

const signedIn = () => ({ authorization: `Bearer ${issuer.tokenOf('supervisor-1')}` });
const askSignedIn = (origin: string, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  askGraphQL(origin, query, variables, signedIn());

const now = (): string => new Date().toISOString();
const report = (id: number, suspect = SUSPECT, changes: Partial<OperatorAct> = {}): OperatorAct => {
  const fields = suspicion(uuid(id), suspect, changes.fields);
  return { kind: 'suspicion.reported', at: now(), ...changes, fields };
};
const deliver = (signed: SignedAct, changes: object = {}) =>
  postJson(`${service.url}/internal/acts`, { ...toMessage(signed), ...changes });
const count = async (what: string, values: readonly unknown[] = []): Promise<number> => {
  const rows: readonly { readonly n: number }[] = await database.dataSource.query(
    `SELECT count(*)::int AS n FROM ${what}`,
    [...values],
  );
  return rows[0]?.n ?? -1;
};

describe('a report that an operator signed', () => {
  it('opens a case, with the act, its reception, clocks and a promise', async () => {
    const signed = await kcell.sign(report(1));
    const { status, body } = await deliver(signed);
    expect(status).toBe(200);
    const { promise, leafHash } = body as { readonly promise: string; readonly leafHash: string };
    expect(leafHash).toBe(signed.leafHash);
    const key = importPublicKey(loadKeyFile(ceremony.keyFile('afc', 'act')).publicKey.bytes);
    const said = verifyPromise(promise, key);
    expect(said.leafHash).toBe(signed.leafHash);
    expect(Date.parse(said.due)).toBeGreaterThan(Date.now());
    const { data } = await askSignedIn(
      service.url,
      `{ fraudCases { nodes { number state outcome severity dueAt reports { id reporter source sourceRef suspect { msisdn } }
         clocks { rule { id } party state } trail { nodes { author summary state } } } } }`,
    );
    expect(data?.fraudCases).toEqual({
      nodes: [
        {
          number: expect.stringMatching(/^AFC-\d{4}-000001$/),
          state: 'REPORTED',
          outcome: 'UNSET',
          severity: 'MEDIUM',
          dueAt: expect.any(String),
          reports: [
            {
              id: uuid(1),
              reporter: 'operator-kcell',
              source: 'OPERATOR_DETECTION',
              sourceRef: `REF-${uuid(1)}`,
              suspect: { msisdn: SUSPECT },
            },
          ],
          clocks: [
            { rule: { id: 'OP-01' }, party: 'kcell', state: 'MET' },
            { rule: { id: 'AFC-01' }, party: 'afc', state: 'RUNNING' },
          ],
          trail: {
            nodes: [
              expect.objectContaining({ author: 'kcell', summary: 'A suspicious number was reported.' }),
              expect.objectContaining({ author: 'afc', summary: "The bank took in another party's act." }),
            ],
          },
        },
      ],
    });
  });

  it('goes into the open case of the number, whoever reports it', async () => {
    expect((await deliver(await beeline.sign(report(2)))).status).toBe(200);
    expect(await count('fraud_case')).toBe(1);
    expect(await count('suspicion_report')).toBe(2);
    expect(await count('fraud_case WHERE version = 2')).toBe(1);
  });

  it('is taken in once, however often and however many at once it comes', async () => {
    const signed = await kcell.sign(report(3, OTHER));
    const answers = await Promise.all(Array.from({ length: 6 }, () => deliver(signed)));
    answers.push(await deliver(signed));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await count('suspicion_report WHERE id = $1', [uuid(3)])).toBe(1);
    expect(await count('audit.act WHERE id = $1', [signed.act.id])).toBe(1);
  });

  it('of two operators at once opens one case', async () => {
    const [one, two] = [await kcell.sign(report(4, '+77012220004')), await beeline.sign(report(5, '+77012220004'))];
    const answers = await Promise.all([deliver(one), deliver(two)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await count('case_number WHERE msisdn = $1', ['+77012220004'])).toBe(1);
  });
});

describe('an act that is not what it should be', () => {
  const unchanged = async (work: () => Promise<unknown>): Promise<void> => {
    const before = [await count('audit.act'), await count('suspicion_report'), await count('fraud_case')];
    await work();
    expect([await count('audit.act'), await count('suspicion_report'), await count('fraud_case')]).toEqual(before);
  };

  it('is refused when a byte of it, its salt or an opening is another', async () => {
    await unchanged(async () => {
      const signed = await kcell.sign(report(10));
      const { act, salt, disclosures } = toMessage(signed);
      const [header = '', payload = '', signature = ''] = act.split('.');
      const text = Buffer.from(payload, 'base64url').toString('utf8');
      const forged = Buffer.from(text.replace('"chain":0', '"chain":1')).toString('base64url');
      const swapped = disclosures.map((each) =>
        each.field === 'suspect' ? { ...each, value: JSON.stringify('+77019999999') } : each,
      );
      for (const [changes, refusal] of [
        [{ act: [header, forged, signature].join('.') }, 'BAD_SIGNATURE'],
        [{ act: `${act}A` }, 'MALFORMED'],
        [{ salt: salt.slice(1) }, 'MALFORMED'],
        [{ disclosures: swapped }, 'BAD_DISCLOSURE'],
        [{ disclosures: disclosures.slice(1) }, 'BAD_DISCLOSURE'],
      ] as const) {
        expect(await deliver(signed, changes)).toEqual({ status: 409, body: { refusal } });
      }
    });
  });

  it('is refused with a key that the root of trust does not name', async () => {
    await unchanged(async () => {
      const strangers = await makeCeremony();
      const stranger = await openOperator(strangers, 'kcell');
      expect(await deliver(await stranger.sign(report(11)))).toEqual({ status: 409, body: { refusal: 'UNKNOWN_KEY' } });
      await stranger.close();
      strangers.remove();
    });
  });

  it('is refused when it is addressed to others', async () => {
    const tele2 = await openOperator(ceremony, 'tele2');
    await unchanged(async () => {
      for (const to of [[], ['kcell'], ['afc', 'kcell']]) {
        const signed = await tele2.sign(report(12, SUSPECT, { to }));
        expect((await deliver(signed)).status).toBe(409);
      }
    });
    await tele2.close();
  });

  it('comes in its turn, and not before the act that its author signed earlier', async () => {
    // What kcell signed in the first test of this group never came in whole.
    const later = await kcell.sign(report(13));
    expect(await deliver(later)).toEqual({ status: 409, body: { refusal: 'SEQ_GAP' } });
    expect(await count('suspicion_report WHERE id = $1', [uuid(13)])).toBe(0);
  });

  it('is evidence when its author signed another act for the same place', async () => {
    const twin = await openOperator(ceremony, 'beeline');
    const signed = await twin.sign(report(14));
    expect(await deliver(signed)).toEqual({ status: 409, body: { refusal: 'EQUIVOCATION' } });
    expect(await count('audit.author_equivocation')).toBe(1);
    expect(await count('suspicion_report WHERE id = $1', [uuid(14)])).toBe(0);
    await twin.close();
  });
});

describe('an act without effect', () => {
  let tele2: TestOperator;
  beforeAll(async () => {
    tele2 = await openOperator(ceremony, 'tele2');
  });
  afterAll(() => tele2?.close());

  it('has its place in the log and changes no case', async () => {
    const before = await count('suspicion_report');
    const odd: readonly OperatorAct[] = [
      report(20, 'not a number'),
      report(21, SUSPECT, { fields: { source: 'BANK_SIGNAL' } }),
      report(22, SUSPECT, { fields: { more: 1 } }),
      report(23, SUSPECT, { caseId: uuid(999) }),
      // Somebody else told that report.
      report(1),
      { kind: 'decision.approved', at: now(), fields: {} },
    ];
    for (const act of odd) {
      const signed = await tele2.sign(act);
      expect((await deliver(signed)).status).toBe(200);
      expect(await count('audit.reception WHERE foreign_act_id = $1 AND case_id IS NULL', [signed.act.id])).toBe(1);
    }
    expect(await count('suspicion_report')).toBe(before);
  });

  it('is one dated ahead of the clock until the clock is there', async () => {
    const signed = await tele2.sign(report(30, SUSPECT, { at: new Date(Date.now() + 60_000).toISOString() }));
    const response = await fetch(`${service.url}/internal/acts`, {
      method: 'POST',
      body: JSON.stringify(toMessage(signed)),
    });
    expect(response.status).toBe(500);
    expect(await count('audit.act WHERE id = $1', [signed.act.id])).toBe(0);
  });
});

describe('a service that was seeded', () => {
  it('takes in nothing new before its history is told', async () => {
    const seeded = await createCaseDatabase([{ ...caseFact(1, SUSPECT), id: uuid(500) }]);
    const others = await makeCeremony();
    const waiting = await serveFraudCases(seeded.url, others);
    const operator = await openOperator(others, 'kcell');
    const message = toMessage(await operator.sign(report(40)));
    const answer = await postJson(`${waiting.url}/internal/acts`, message);
    expect(answer).toEqual({ status: 503, body: { refusal: 'HISTORY_PENDING' } });
    await operator.close();
    await waiting.stop();
    await seeded.close();
    others.remove();
  });
});
