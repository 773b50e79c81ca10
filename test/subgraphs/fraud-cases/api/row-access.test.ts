// Whose row it is, over HTTP at the owner itself: what is not the reader's is not there, in every list and by every id, and looks like what there
// never was.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { askGraphQL } from '../../../support/http-call';
import { statementsOf } from '../../../support/statement-log';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { caseFact, createCaseDatabase, orderFact, serveFraudCases } from '../fraud-cases-fixture';

const [MINE, THEIRS, WAITING] = ['+77011110001', '+77011110002', '+77011110003'];

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let issuer: TokenIssuer;
let service: RunningService;
const ids: string[] = [];

beforeAll(async () => {
  issuer = await startTokenIssuer();
  const facts = [
    caseFact(1, MINE, {
      assignee: 'investigator-1',
      blockOrders: [orderFact('order-kcell', MINE, { operatorCode: 'kcell' })],
    }),
    caseFact(2, THEIRS, {
      assignee: 'investigator-2',
      blockOrders: [orderFact('order-tele2', THEIRS, { operatorCode: 'tele2' })],
    }),
    caseFact(3, WAITING, { state: 'REPORTED', assignee: null, track: null, fraudType: null, subjects: [] }),
  ];
  ids.push(...facts.map(({ id }) => id));
  database = await createCaseDatabase(facts);
  service = await serveFraudCases(database.url, null, issuer);
});

afterAll(async () => {
  await service?.stop();
  await issuer?.stop();
  await database?.close();
});

const ask = (user: string, query: string, claims: Readonly<Record<string, unknown>> = {}) =>
  askGraphQL(service.url, query, {}, { authorization: `Bearer ${issuer.tokenOf(user, claims)}` });

const listed = async (user: string, claims = {}) => {
  const { data } = await ask(user, '{ fraudCases { totalCount nodes { id } } }', claims);
  const { totalCount, nodes } = (data?.fraudCases ?? {}) as { totalCount: number; nodes: readonly { id: string }[] };
  return [totalCount, nodes.map(({ id }) => ids.indexOf(id) + 1).sort()];
};

describe('cases', () => {
  it('are listed to those whose they are, and counted so', async () => {
    expect(await listed('investigator-1')).toEqual([2, [1, 3]]);
    expect(await listed('investigator-2')).toEqual([2, [2, 3]]);
    expect(await listed('supervisor-1')).toEqual([3, [1, 2, 3]]);
    expect(await listed('auditor-1')).toEqual([3, [1, 2, 3]]);
    expect(await listed('operator-kcell')).toEqual([1, [1]]);
    expect(await listed('operator-tele2')).toEqual([1, [2]]);
    for (const user of ['operator-beeline', 'bank-2', 'appeals-1']) expect(await listed(user)).toEqual([0, []]);
    expect(await listed('supervisor-1', { unit: 'astana-1' })).toEqual([0, []]);
    expect(await listed('investigator-1', { unit: 'astana-1' })).toEqual([1, [1]]);
  });

  it('of another look like those that there never were', async () => {
    for (const id of [ids[1], 'nothing']) {
      expect(await ask('investigator-1', `{ fraudCase(id: "${id}") { id state } }`)).toEqual({
        status: 200,
        data: { fraudCase: null },
        errors: [],
      });
    }
    for (const id of ['order-tele2', 'nothing']) {
      expect((await ask('operator-kcell', `{ blockOrder(id: "${id}") { id } }`)).data).toEqual({ blockOrder: null });
    }
  });

  it('of another cost what those cost that there never were', async () => {
    for (const user of ['operator-kcell', 'bank-2', 'appeals-1', 'investigator-1']) {
      const costOf = async (id: string | undefined): Promise<readonly string[]> =>
        (await statementsOf(() => ask(user, `{ fraudCase(id: "${id}") { id state } }`))).filter((text) =>
          /fraud_case|appeal/.test(text),
        );
      const theirs = await costOf(ids[1]);
      expect([user, await costOf('nothing')]).toEqual([user, theirs]);
      expect(theirs.length).toBeGreaterThan(0);
    }
  });

  it('that wait show what it takes to take them, and nothing that was worked out', async () => {
    const query = `{ fraudCase(id: "${ids[2]}") { id state reports { id } evidence { id } decision { reasonCode } } }`;
    const { data, errors } = await ask('investigator-2', query);
    expect(data?.fraudCase).toMatchObject({ id: ids[2], evidence: null, decision: null });
    expect(errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`).sort()).toEqual([
      'fraudCase.decision FORBIDDEN',
      'fraudCase.evidence FORBIDDEN',
    ]);
  });
});

describe('who works a case', () => {
  it('is a role to an operator, a pseudonym to an auditor, and a person to the unit', async () => {
    const assignee = async (user: string): Promise<unknown> => {
      const { data } = await ask(user, `{ fraudCase(id: "${ids[0]}") { assignee } }`);
      return ((data?.fraudCase ?? {}) as { readonly assignee?: unknown }).assignee;
    };
    expect(await assignee('operator-kcell')).toBe('INVESTIGATOR');
    expect(await assignee('auditor-1')).toMatch(/^[\w-]{22}$/);
    expect(await assignee('auditor-1')).not.toContain('investigator');
    expect(await assignee('supervisor-2')).toBe('investigator-1');
  });
});

describe('orders', () => {
  it('are an operator’s own alone, whatever it filters by', async () => {
    const shown = async (filter: string) => {
      const { data } = await ask(
        'operator-kcell',
        `{ blockOrders${filter} { totalCount nodes { id reason target { msisdn } } } }`,
      );
      const { totalCount, nodes } = (data?.blockOrders ?? {}) as {
        totalCount: number;
        nodes: readonly { id: string }[];
      };
      return [totalCount, ...nodes.map(({ id }) => id)];
    };
    expect(await shown('')).toEqual([1, 'order-kcell']);
    expect(await shown('(filter: { operatorCode: "tele2" })')).toEqual([0]);
  });

  it('are shown to an auditor without the number and without words', async () => {
    const { data, errors } = await ask(
      'auditor-1',
      '{ blockOrder(id: "order-kcell") { id state document liftDocument } }',
    );
    expect(data?.blockOrder).toMatchObject({ id: 'order-kcell', document: null });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect((await ask('auditor-1', '{ blockOrder(id: "order-kcell") { reason } }')).data).toEqual({ blockOrder: null });
    expect((await ask('auditor-1', '{ blockOrder(id: "order-kcell") { target { msisdn } } }')).data).toEqual({
      blockOrder: null,
    });
  });
});

describe('without a token', () => {
  it.each(['fraudCases { totalCount }', 'auditCheckpoint { size }', `fraudCase(id: "x") { id }`])(
    'nothing is answered: %s',
    async (field) => {
      const { data, errors } = await askGraphQL(service.url, `{ ${field} }`);
      expect([
        data === null || Object.values(data).every((value) => value === null),
        errors[0]?.extensions.code,
      ]).toEqual([true, 'UNAUTHENTICATED']);
    },
  );
});
