// Appeals and liability over HTTP with real tokens: what callers send, what they are answered, and what readers see of it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '../../../subgraphs/fraud-cases/server';
import { askGraphQL } from '../../support/http-call';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';
import { caseFact, createCaseDatabase, on, orderFact, serveFraudCases } from './fraud-cases-fixture';
import { type Ceremony, makeCeremony } from './log-fixture';

const [CASE_ID, ORDER_ID] = ['3c1de5f0-08ba-4a2c-9d0b-6a2f5b6f3a11', 'c6a1b1a4-6a7e-4f8f-8d52-3b1c7b5d0e22'];
const SUSPECT = '+77010000001';

let issuer: TokenIssuer;
let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let ceremony: Ceremony;
let service: RunningService;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  const clock = { orderId: null, ruleVersion: 1, party: 'kcell' } as const;
  database = await createCaseDatabase([
    caseFact(1, SUSPECT, {
      id: CASE_ID,
      blockOrders: [orderFact(ORDER_ID, SUSPECT)],
      losses: [{ id: 'loss-1', bank: 'bank-1', amount: '1000000.00', occurredAt: on(3, 10), transactionRef: 'T-1' }],
      clocks: [
        {
          ...clock,
          id: 'clock-1',
          ruleId: 'OP-02',
          startedAt: on(3, 1),
          deadlineAt: on(3, 3),
          stoppedAt: on(3, 12),
          state: 'BREACHED',
        },
      ],
    }),
  ]);
  // As if the seeded history had been told, without acts.
  await database.dataSource.query('UPDATE seeded_case SET is_told = true');
  ceremony = await makeCeremony();
  service = await serveFraudCases(database.url, ceremony, issuer);
}, 60_000);

afterAll(async () => {
  await service?.stop();
  await Promise.all([issuer?.stop(), database?.close()]);
  ceremony?.remove();
});

type Json = Readonly<Record<string, unknown>>;

async function ask(user: string, text: string, variables: Json = {}): Promise<Json> {
  const headers = { authorization: `Bearer ${issuer.tokenOf(user)}` };
  const { data, errors } = await askGraphQL(service.url, text, variables, headers);
  expect(errors).toEqual([]);
  return data ?? {};
}

const APPEAL = 'appeal { id state version decidedBy approvedBy order { id state } } userErrors { code field }';
const FILE =
  'mutation ($input: FileAppealInput!) { fileAppeal(input: $input) { appeal { id state version } userErrors { code field } } }';
const START = `mutation ($id: ID!) { startAppealReview(appealId: $id) { ${APPEAL} } }`;
const DECIDE = `mutation ($id: ID!) { decideAppeal(appealId: $id, upheld: true, reason: "Another man.") { ${APPEAL} } }`;
const APPROVE = `mutation ($id: ID!, $version: Int!) { approveAppealDecision(appealId: $id, expectedVersion: $version) { ${APPEAL} } }`;

describe('an appeal over HTTP', () => {
  it('goes its way between portal, appeals and a supervisor, and ends the block', async () => {
    const input = { orderId: ORDER_ID, grounds: 'STOLEN_PHONE', statement: 'It was stolen.' };
    const { fileAppeal } = (await ask('portal-1', FILE, { input })) as { fileAppeal: { appeal: { id: string } } };
    expect(fileAppeal).toMatchObject({ appeal: { state: 'FILED', version: 1 }, userErrors: [] });
    const { id } = fileAppeal.appeal;
    expect(
      await ask(
        'appeals-1',
        'query ($id: ID!) { blockOrder(id: $id) { id } appeals(state: [FILED]) { nodes { id } } }',
        {
          id: ORDER_ID,
        },
      ),
    ).toEqual({
      blockOrder: { id: ORDER_ID },
      appeals: { nodes: [{ id }] },
    });
    expect(await ask('appeals-1', START, { id })).toMatchObject({ startAppealReview: { appeal: { version: 2 } } });
    expect(await ask('appeals-1', DECIDE, { id })).toMatchObject({
      decideAppeal: { appeal: { state: 'PENDING_APPROVAL', decidedBy: 'appeals-1', approvedBy: null } },
    });
    expect(await ask('supervisor-1', APPROVE, { id, version: 2 })).toEqual({
      approveAppealDecision: { appeal: null, userErrors: [{ code: 'VERSION_CONFLICT', field: ['expectedVersion'] }] },
    });
    expect(await ask('supervisor-1', APPROVE, { id, version: 3 })).toMatchObject({
      approveAppealDecision: {
        appeal: { state: 'UPHELD', approvedBy: 'supervisor-1', order: { id: ORDER_ID, state: 'LIFT_ISSUED' } },
        userErrors: [],
      },
    });
  });
});

const ASSESSMENT = `assessment { id state version mode loss { id amount } shares { party claimableBasisPoints claimable regressBasisPoints regress }
  breaches { causal clock { id party state overrunSeconds rule { id version } case { id } } acts { leafHash } } explanation assessedBy approvedBy }
  userErrors { code field }`;
const ASSESS = `mutation ($caseId: ID!) { assessLiability(caseId: $caseId, lossId: "loss-1") { ${ASSESSMENT} } }`;
const AGREE = `mutation ($id: ID!) { approveLiability(assessmentId: $id, expectedVersion: 1) { ${ASSESSMENT} } }`;

describe('liability over HTTP', () => {
  it('is assessed in the default mode, approved by another person, and shown with its case', async () => {
    const answer = (await ask('investigator-1', ASSESS, { caseId: CASE_ID })) as {
      assessLiability: { assessment: { id: string; explanation: string } };
    };
    const { assessment } = answer.assessLiability;
    expect(assessment).toMatchObject({
      state: 'DRAFT',
      mode: 'JOINT_AND_SEVERAL',
      loss: { id: 'loss-1', amount: '1000000.00' },
      shares: [
        {
          party: 'kcell',
          claimableBasisPoints: 10_000,
          claimable: '1000000.00',
          regressBasisPoints: 10_000,
          regress: '1000000.00',
        },
      ],
      breaches: [
        {
          causal: true,
          clock: {
            id: 'clock-1',
            party: 'kcell',
            state: 'BREACHED',
            overrunSeconds: 9 * 86_400,
            rule: { id: 'OP-02', version: 1 },
            case: { id: CASE_ID },
          },
          // Nothing in the log proves the seeded clock, and the words say so.
          acts: [],
        },
      ],
      assessedBy: 'investigator-1',
      approvedBy: null,
    });
    expect(assessment.explanation).toContain('Start proved by no act; end proved by no act.');
    expect(await ask('supervisor-2', AGREE, { id: assessment.id })).toMatchObject({
      approveLiability: { assessment: { state: 'APPROVED', version: 2, approvedBy: 'supervisor-2' }, userErrors: [] },
    });
    expect(
      await ask('supervisor-1', 'query ($id: ID!) { fraudCase(id: $id) { liability { id state version } } }', {
        id: CASE_ID,
      }),
    ).toEqual({ fraudCase: { liability: [{ id: assessment.id, state: 'APPROVED', version: 2 }] } });
  });
});
