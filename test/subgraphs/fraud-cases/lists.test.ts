// Lists: filters, pages and cursors, over HTTP on a real database.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLOCK_STATES } from '../../../shared/vocabulary/duty';
import { FRAUD_CASE_STATES } from '../../../shared/vocabulary/fraud-case';
import type { RunningService } from '../../../subgraphs/fraud-cases/server';
import { askGraphQL, type GraphQLAnswer } from '../../support/http-call';
import { statementsOf } from '../../support/statement-log';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';
import { caseFact, createCaseDatabase, on, orderFact, serveFraudCases } from './fraud-cases-fixture';

const numberAt = (index: number): string => `+7705${String(1_000_000 + index)}`;

/** Twenty-five cases; several share their instant, so that the id decides. */
const FACTS = Array.from({ length: 25 }, (_, index) => {
  const state = FRAUD_CASE_STATES[index % 8] ?? 'REPORTED';
  const id = `case-${index + 1}`;
  return caseFact(index + 1, numberAt(index), {
    state,
    outcome: state === 'DECIDED' || state === 'CLOSED' ? 'CONFIRMED' : 'UNSET',
    fraudType: index % 2 === 0 ? 'SIM_BOX_BYPASS' : 'BULK_SMS',
    assignee: index % 3 === 0 ? 'investigator-2' : null,
    openedAt: on(4, 1 + Math.floor(index / 5)),
    informationRequests: [
      {
        id: `${id}-request`,
        operatorCode: index % 2 === 0 ? 'kcell' : 'tele2',
        questions: [],
        answer: null,
        issuedAt: on(4, 2),
        dueAt: on(4, 3),
        answeredAt: null,
        state: index % 5 === 0 ? 'OVERDUE' : 'SENT',
      },
    ],
    blockOrders: [
      orderFact(`${id}-order`, numberAt(index), {
        operatorCode: index % 2 === 0 ? 'kcell' : 'tele2',
        ...(index < 2 ? { state: 'PENDING_APPROVAL', sequence: null, issuedAt: null, enforcedAt: null } : {}),
      }),
    ],
    appeals: [
      {
        id: `${id}-appeal`,
        orderId: `${id}-order`,
        state: index % 2 === 0 ? 'FILED' : 'REJECTED',
        version: 1,
        grounds: 'OTHER',
        statement: 's',
        filedAt: on(4, 9),
        dueAt: on(4, 12),
        decidedBy: null,
        approvedBy: null,
        decision: null,
      },
    ],
    clocks: CLOCK_STATES.map((clockState) => ({
      id: `${id}-${clockState}`,
      ruleId: 'AFC-02',
      ruleVersion: 1,
      party: 'afc',
      orderId: null,
      startedAt: on(4, 1),
      deadlineAt: on(4, 5),
      stoppedAt: clockState === 'MET' ? on(4, 2) : null,
      state: clockState,
    })),
  });
});

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let service: RunningService;
let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  database = await createCaseDatabase(FACTS);
  service = await serveFraudCases(database.url, null, issuer);
});
afterAll(async () => {
  await issuer?.stop();
  await service?.stop();
  await database?.close();
});

const signedIn = () => ({ authorization: `Bearer ${issuer.tokenOf('supervisor-1')}` });
const askSignedIn = (origin: string, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  askGraphQL(origin, query, variables, signedIn());

interface Listed {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
}

const ask = (field: string, list: string): Promise<GraphQLAnswer> =>
  askSignedIn(service.url, `{ ${field}${list} { nodes { id } pageInfo { hasNextPage endCursor } totalCount } }`);

async function listed(field: string, list = ''): Promise<Listed> {
  const { data, errors } = await ask(field, list);
  expect(errors).toEqual([]);
  return data?.[field] as Listed;
}

async function walk(field: string, filter: string, first: number): Promise<readonly string[]> {
  const ids: string[] = [];
  let after = '';
  for (;;) {
    const page = await listed(field, `(${filter} first: ${first}${after})`);
    ids.push(...page.nodes.map(({ id }) => id));
    if (!page.pageInfo.hasNextPage) return ids;
    after = `, after: "${page.pageInfo.endCursor}"`;
  }
}

describe('pages', () => {
  it.each([
    ['fraudCases', 25],
    ['blockOrders', 25],
    ['appeals', 25],
    ['informationRequests', 25],
    ['dutyClocks', 75],
  ])('of %s hold every row once, in one order, whatever their size', async (field, total) => {
    const whole = await walk(field, '', 100);
    expect(whole).toHaveLength(total);
    expect(new Set(whole).size).toBe(total);
    expect(await walk(field, '', 7)).toEqual(whole);
    expect((await listed(field)).totalCount).toBe(total);
    expect((await listed(field)).nodes).toHaveLength(20);
  });

  it('put the newest first, and orders not issued yet before them', async () => {
    const [newest] = await walk('fraudCases', '', 100);
    expect(newest).toBe('case-25');
    expect((await walk('blockOrders', '', 1)).slice(0, 2).sort()).toEqual(['case-1-order', 'case-2-order']);
  });

  it('cost one statement, and another only when the total is asked for', async () => {
    const cost = async (selection: string) =>
      (await statementsOf(() => askSignedIn(service.url, `{ fraudCases(first: null) { nodes { id } ${selection} } }`)))
        .length;
    // Besides the look whether who asks is suspended.
    expect(await cost('pageInfo { endCursor }')).toBe(1 + 1);
    expect(await cost('totalCount')).toBe(1 + 2);
  });

  it.each([0, -1, 101])('of %i rows are refused', async (first) => {
    const { errors } = await ask('fraudCases', `(first: ${first})`);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });
});

describe('filters', () => {
  it('narrow cases by state, kind, assignee, number and opening, all at once', async () => {
    const states = '{ states: [REPORTED, CLOSED] }';
    expect((await listed('fraudCases', `(filter: ${states}, first: 100)`)).totalCount).toBe(7);
    expect((await listed('fraudCases', '(filter: { states: [] })')).nodes).toEqual([]);
    expect((await listed('fraudCases', '(filter: { fraudTypes: [BULK_SMS] })')).totalCount).toBe(12);
    expect((await listed('fraudCases', '(filter: { assignee: "investigator-2" })')).totalCount).toBe(9);
    expect((await listed('fraudCases', `(filter: { msisdn: "${numberAt(4)}" })`)).nodes).toEqual([{ id: 'case-5' }]);
    const window = `openedFrom: "${on(4, 2)}", openedTo: "${on(4, 4)}"`;
    expect((await listed('fraudCases', `(filter: { ${window}, fraudTypes: [SIM_BOX_BYPASS] })`)).totalCount).toBe(5);
  });

  it('narrow orders, appeals, requests and clocks', async () => {
    expect((await listed('blockOrders', '(filter: { states: [PENDING_APPROVAL] })')).totalCount).toBe(2);
    expect((await listed('blockOrders', '(filter: { operatorCode: "tele2" })')).totalCount).toBe(12);
    expect((await listed('blockOrders', `(filter: { msisdn: "${numberAt(3)}" })`)).nodes).toEqual([
      { id: 'case-4-order' },
    ]);
    expect((await listed('appeals', '(state: [REJECTED])')).totalCount).toBe(12);
    expect((await listed('informationRequests', '(filter: { states: [OVERDUE] })')).totalCount).toBe(5);
    expect(
      (await listed('informationRequests', '(filter: { operatorCode: "kcell", caseId: "case-3" })')).totalCount,
    ).toBe(1);
    expect((await listed('dutyClocks', '(filter: { states: [MET] })')).totalCount).toBe(25);
    expect((await listed('dutyClocks', '(filter: { party: "kcell" })')).totalCount).toBe(0);
    expect((await listed('dutyClocks', '(filter: { ruleId: "AFC-02" })')).totalCount).toBe(75);
  });
});

describe('a cursor', () => {
  it('is refused in another list, under another filter, altered or made up', async () => {
    const { endCursor } = (await listed('fraudCases', '(first: 3)')).pageInfo;
    const cursor = endCursor ?? '';
    const altered = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
    for (const list of [
      `appeals|(after: "${cursor}")`,
      `fraudCases|(filter: { assignee: "x" }, after: "${cursor}")`,
      `fraudCases|(after: "${altered}")`,
      'fraudCases|(after: "")',
      `fraudCases|(after: "${'x'.repeat(2_000)}")`,
    ]) {
      const [field = '', rest = ''] = list.split('|');
      const { errors, data } = await ask(field, rest);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
      expect(data).toBeNull();
    }
    expect((await listed('fraudCases', `(first: 3, after: "${cursor}")`)).nodes).toHaveLength(3);
  });
});
