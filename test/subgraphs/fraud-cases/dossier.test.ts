// What the fraud cases say of a case, a number and a person, over HTTP on a real database.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '../../../subgraphs/fraud-cases/server';
import { shiftClock } from '../../support/database';
import { askEntities, askGraphQL } from '../../support/http-call';
import { statementsOf } from '../../support/statement-log';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';
import {
  caseFact,
  createCaseDatabase,
  evidenceFact,
  on,
  orderFact,
  reportFact,
  serveFraudCases,
} from './fraud-cases-fixture';

const SUSPECT = '+77011110001';
const VICTIM = '+77011110002';
const APPEALED = '+77011110003';
const REPORTED = '+77011110004';
const FREE = '+77011110005';
const IIN = '850505300011';
const MANY = Array.from({ length: 100 }, (_, index) => `+7702${String(3_000_000 + index)}`);

const FULL = caseFact(1, SUSPECT, {
  state: 'DECIDED',
  outcome: 'CONFIRMED',
  version: 9,
  openedAt: on(2, 1),
  subjects: [
    { msisdn: SUSPECT, role: 'SUSPECT', addedBy: 'analyst-1', addedAt: on(2, 1), ground: 'report r1' },
    { msisdn: VICTIM, role: 'VICTIM', addedBy: 'investigator-1', addedAt: on(2, 2), ground: 'report r1' },
  ],
  reports: [{ ...reportFact('r1', SUSPECT, on(2, 1)), victim: VICTIM }],
  evidence: [evidenceFact('e1')],
  informationRequests: [
    {
      id: 'q1',
      operatorCode: 'kcell',
      questions: ['who?', 'when?'],
      answer: 'here',
      issuedAt: on(2, 3),
      dueAt: on(2, 4),
      answeredAt: on(2, 4),
      state: 'ANSWERED',
    },
  ],
  decision: {
    proposedOutcome: 'CONFIRMED',
    reasonCode: 'PHONE_IMPERSONATION',
    findings: 'found',
    proposedBy: 'investigator-1',
    proposedAt: on(2, 5),
    approvedBy: 'supervisor-1',
    approvedAt: on(2, 6),
  },
  blockOrders: [
    orderFact('o1', SUSPECT, {
      orderKind: 'TEMPORARY',
      state: 'SUPERSEDED',
      validUntil: on(2, 9),
      supersededBy: 'o2',
      issuedAt: on(2, 2),
    }),
    orderFact('o2', SUSPECT, { sequence: 2, issuedAt: on(2, 6), enforcedAt: on(2, 7) }),
  ],
  losses: [{ id: 'l1', bank: 'bank-1', amount: '150000.50', occurredAt: on(2, 1), transactionRef: 'TRX-1' }],
  clocks: [
    {
      id: 'k1',
      ruleId: 'OP-06',
      ruleVersion: 1,
      party: 'kcell',
      orderId: 'o2',
      startedAt: on(2, 6),
      deadlineAt: on(2, 6),
      stoppedAt: on(2, 7),
      state: 'BREACHED',
    },
    {
      id: 'k2',
      ruleId: 'OP-02',
      ruleVersion: 1,
      party: 'kcell',
      orderId: null,
      startedAt: on(2, 1),
      deadlineAt: on(2, 3),
      stoppedAt: null,
      state: 'PAUSED',
    },
  ],
});

const FACTS = [
  caseFact(2, SUSPECT, { state: 'DUPLICATE', duplicateOf: 'case-1', openedAt: on(2, 2) }),
  FULL,
  caseFact(3, APPEALED, {
    state: 'CLOSED',
    outcome: 'CONFIRMED',
    blockOrders: [orderFact('o3', APPEALED)],
    appeals: [
      {
        id: 'a1',
        orderId: 'o3',
        state: 'UNDER_REVIEW',
        version: 2,
        grounds: 'STOLEN_PHONE',
        statement: 'it was stolen',
        filedAt: on(3, 8),
        dueAt: on(3, 10),
        decidedBy: null,
        approvedBy: null,
        decision: null,
      },
    ],
  }),
  caseFact(4, REPORTED, { state: 'REPORTED', subjects: [], fraudType: null, track: null, assignee: null }),
  ...MANY.map((msisdn, index) =>
    caseFact(100 + index, msisdn, { state: 'PENDING_APPROVAL', blockOrders: [orderFact(`many-${index}`, msisdn)] }),
  ),
];

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

describe('a case', () => {
  it('tells everything that was gathered in it', async () => {
    const { data, errors } = await askSignedIn(
      service.url,
      `{ fraudCase(id: "case-1") {
        id number state outcome track fraudType severity version openedAt dueAt assignee
        subjects { number { msisdn } role addedBy addedAt ground }
        reports { id source sourceRef reporter suspect { msisdn } victim { msisdn } channel fraudType occurredAt receivedAt text }
        evidence { id kind sha256 capturedAt capturedBy locked note }
        informationRequests { id case { number } operatorCode questions answer issuedAt dueAt answeredAt state }
        decision { proposedOutcome reasonCode findings proposedBy proposedAt approvedBy approvedAt }
        blockOrders { id sequence measures case { id } target { msisdn } operatorCode kind state version reason issuedAt validUntil
          supersededBy { id } document receipt liftSequence liftDocument liftReceipt }
        appeals { id }
        losses { id bank amount occurredAt transactionRef }
        clocks { id case { id } order { id } rule { id version title status obliged deadline } party startedAt deadlineAt stoppedAt state overrunSeconds }
        duplicateOf { id }
        trail { nodes { act } }
      } }`,
    );
    expect(errors).toEqual([]);
    expect(data?.fraudCase).toEqual({
      id: 'case-1',
      number: 'AFC-2026-000001',
      state: 'DECIDED',
      outcome: 'CONFIRMED',
      track: 'AFC_INVESTIGATION',
      fraudType: 'PHONE_IMPERSONATION',
      severity: 'HIGH',
      version: 9,
      openedAt: on(2, 1),
      dueAt: null,
      assignee: 'investigator-1',
      subjects: [
        { number: { msisdn: SUSPECT }, role: 'SUSPECT', addedBy: 'analyst-1', addedAt: on(2, 1), ground: 'report r1' },
        {
          number: { msisdn: VICTIM },
          role: 'VICTIM',
          addedBy: 'investigator-1',
          addedAt: on(2, 2),
          ground: 'report r1',
        },
      ],
      reports: [
        {
          id: 'r1',
          source: 'BANK_SIGNAL',
          sourceRef: 'r1',
          reporter: 'bank-1',
          suspect: { msisdn: SUSPECT },
          victim: { msisdn: VICTIM },
          channel: 'CALL',
          fraudType: null,
          occurredAt: null,
          receivedAt: on(2, 1),
          text: 'words of the reporter',
        },
      ],
      evidence: [
        {
          id: 'e1',
          kind: 'AUDIO',
          sha256: evidenceFact('e1').sha256,
          capturedAt: on(3, 2),
          capturedBy: 'analyst-1',
          locked: true,
          note: null,
        },
      ],
      informationRequests: [
        {
          id: 'q1',
          case: { number: 'AFC-2026-000001' },
          operatorCode: 'kcell',
          questions: ['who?', 'when?'],
          answer: 'here',
          issuedAt: on(2, 3),
          dueAt: on(2, 4),
          answeredAt: on(2, 4),
          state: 'ANSWERED',
        },
      ],
      decision: FULL.decision,
      blockOrders: [
        expect.objectContaining({ id: 'o1', kind: 'TEMPORARY', validUntil: on(2, 9), supersededBy: { id: 'o2' } }),
        {
          id: 'o2',
          sequence: 2,
          measures: ['VOICE_OUT', 'PORT_FREEZE'],
          case: { id: 'case-1' },
          target: { msisdn: SUSPECT },
          operatorCode: 'kcell',
          kind: 'CONFIRMED',
          state: 'ENFORCED',
          version: 4,
          reason: 'PHONE_IMPERSONATION',
          issuedAt: on(2, 6),
          validUntil: null,
          supersededBy: null,
          document: null,
          receipt: null,
          liftSequence: null,
          liftDocument: null,
          liftReceipt: null,
        },
      ],
      appeals: [],
      losses: [{ id: 'l1', bank: 'bank-1', amount: '150000.50', occurredAt: on(2, 1), transactionRef: 'TRX-1' }],
      clocks: [
        expect.objectContaining({ id: 'k2', order: null, state: 'PAUSED', overrunSeconds: null }),
        {
          id: 'k1',
          case: { id: 'case-1' },
          order: { id: 'o2' },
          rule: {
            id: 'OP-06',
            version: 1,
            title: 'Enforce a block order',
            status: 'POLICY',
            obliged: 'OPERATOR',
            deadline: '1 hour',
          },
          party: 'kcell',
          startedAt: on(2, 6),
          deadlineAt: on(2, 6),
          stoppedAt: on(2, 7),
          state: 'BREACHED',
          overrunSeconds: 86_400,
        },
      ],
      duplicateOf: null,
      trail: { nodes: [] },
    });
  });

  it('is null when there is none, and still resolves when it became a duplicate', async () => {
    const { data, errors } = await askSignedIn(
      service.url,
      '{ none: fraudCase(id: "nobody") { id } twin: fraudCase(id: "case-2") { state duplicateOf { id } } order: blockOrder(id: "x") { id } }',
    );
    expect({ data, errors }).toEqual({
      data: { none: null, twin: { state: 'DUPLICATE', duplicateOf: { id: 'case-1' } }, order: null },
      errors: [],
    });
  });

  it('costs one statement a list, whatever the number of cases', async () => {
    const lists =
      'subjects { role } reports { id } evidence { id } informationRequests { id } decision { findings } blockOrders { id case { id } } appeals { id order { id } } losses { id } clocks { rule { id } order { id } }';
    const ask = (first: number) =>
      statementsOf(async () => {
        const { errors } = await askSignedIn(service.url, `{ fraudCases(first: ${first}) { nodes { ${lists} } } }`);
        expect(errors).toEqual([]);
      });
    const hundred = await ask(100);
    expect(hundred.length).toBeLessThanOrEqual(14);
    expect((await ask(1)).length).toBeLessThanOrEqual(hundred.length);
  });
});

describe('a number', () => {
  const ask = (selection: string, ...msisdns: string[]) =>
    askEntities(
      service.url,
      'PhoneNumber',
      selection,
      msisdns.map((msisdn) => ({ msisdn })),
      signedIn(),
    );

  it('shows the live order, the reason from a closed list and an open appeal', async () => {
    const status = 'blockStatus { state since until reason order { id } underAppeal }';
    expect(await ask(status, SUSPECT, APPEALED, FREE)).toEqual([
      {
        blockStatus: {
          state: 'BLOCKED',
          since: on(2, 7),
          until: null,
          reason: 'Blocked after a fraud case was confirmed.',
          order: { id: 'o2' },
          underAppeal: false,
        },
      },
      { blockStatus: expect.objectContaining({ state: 'BLOCKED', order: { id: 'o3' }, underAppeal: true }) },
      {
        blockStatus: { state: 'NONE', since: null, until: null, reason: null, order: null, underAppeal: false },
      },
    ]);
  });

  it('names the open case in which it is the suspect, before triage too, and every case that touches it', async () => {
    const found = await ask(
      'openCase { id } cases { nodes { id } totalCount }',
      MANY[7] ?? '',
      REPORTED,
      VICTIM,
      SUSPECT,
      FREE,
    );
    expect(found).toEqual([
      { openCase: { id: 'case-107' }, cases: { nodes: [{ id: 'case-107' }], totalCount: 1 } },
      { openCase: { id: 'case-4' }, cases: { nodes: [{ id: 'case-4' }], totalCount: 1 } },
      { openCase: null, cases: { nodes: [{ id: 'case-1' }], totalCount: 1 } },
      { openCase: null, cases: { nodes: [{ id: 'case-2' }, { id: 'case-1' }], totalCount: 2 } },
      { openCase: null, cases: { nodes: [], totalCount: 0 } },
    ]);
  });

  it('pages its cases and reports, each number by its own cursor', async () => {
    const [first] = await ask('cases(first: 1) { nodes { id } pageInfo { hasNextPage endCursor } }', SUSPECT);
    const { endCursor } = (first as { cases: { pageInfo: { endCursor: string } } }).cases.pageInfo;
    expect(first).toMatchObject({ cases: { nodes: [{ id: 'case-2' }], pageInfo: { hasNextPage: true } } });
    expect(
      await ask(`cases(first: 1, after: "${endCursor}") { nodes { id } pageInfo { hasNextPage } }`, SUSPECT),
    ).toEqual([{ cases: { nodes: [{ id: 'case-1' }], pageInfo: { hasNextPage: false } } }]);
    await expect(ask(`cases(after: "${endCursor}") { nodes { id } }`, VICTIM)).rejects.toThrow('BAD_USER_INPUT');
    expect(await ask('reports { nodes { id receivedAt } totalCount }', SUSPECT)).toEqual([
      {
        reports: {
          nodes: [
            { id: 'case-2-report', receivedAt: on(3, 1) },
            { id: 'r1', receivedAt: on(2, 1) },
          ],
          totalCount: 2,
        },
      },
    ]);
  });

  it.each([1, 100])('costs three statements with status, open case and cases for %i', async (count) => {
    let entities: readonly unknown[] = [];
    const statements = await statementsOf(async () => {
      entities = await ask(
        'blockStatus { state order { id } } openCase { id state } cases { nodes { id } pageInfo { endCursor } }',
        ...MANY.slice(0, count),
      );
    });
    expect(entities).toHaveLength(count);
    expect(entities[0]).toMatchObject({ blockStatus: { state: 'BLOCKED' }, openCase: { id: 'case-100' } });
    const [standing, ...others] = statements;
    expect(standing).toContain('suspended_principal');
    expect(others).toHaveLength(3);
  });
});

describe('a person', () => {
  const simCap = async (holdings: unknown) =>
    (
      await askEntities(
        service.url,
        'Person',
        'simCap { cap activeLines complete state }',
        [{ iin: IIN, holdings }],
        signedIn(),
      )
    )[0]?.simCap;
  const holding = (operatorCode: string, activeLineCount: number | null) => ({ operatorCode, activeLineCount });

  it('is counted over all operators, and incompletely when one did not answer', async () => {
    expect(await simCap([holding('kcell', 5), holding('beeline', 4), holding('tele2', 3)])).toEqual({
      cap: 10,
      activeLines: 12,
      complete: true,
      state: 'OVER_CAP',
    });
    expect(await simCap([holding('kcell', 5), holding('beeline', null)])).toEqual({
      cap: 10,
      activeLines: 5,
      complete: false,
      state: 'UNKNOWN',
    });
    expect(await simCap(null)).toEqual({ cap: 10, activeLines: 0, complete: false, state: 'UNKNOWN' });
  });
});

describe('a running clock', () => {
  it('overruns by the clock of the database', async () => {
    const msisdn = FREE;
    const other = await createCaseDatabase([
      caseFact(1, msisdn, {
        clocks: [
          {
            id: 'late',
            ruleId: 'AFC-02',
            ruleVersion: 1,
            party: 'afc',
            orderId: null,
            startedAt: new Date(Date.now() - 7_200_000).toISOString(),
            deadlineAt: new Date(Date.now() - 3_600_000).toISOString(),
            stoppedAt: null,
            state: 'RUNNING',
          },
        ],
      }),
    ]);
    const clocks = await serveFraudCases(other.url, null, issuer);
    try {
      const overrun = async () => {
        const { data } = await askSignedIn(clocks.url, '{ dutyClocks { nodes { overrunSeconds } } }');
        return (data as { dutyClocks: { nodes: { overrunSeconds: number | null }[] } }).dutyClocks.nodes[0]
          ?.overrunSeconds;
      };
      expect(await overrun()).toBeGreaterThanOrEqual(3_600);
      await shiftClock(other.url, '10 days');
      expect(await overrun()).toBeGreaterThanOrEqual(864_000 + 3_600);
      await shiftClock(other.url, '-1 days');
      expect(await overrun()).toBeNull();
    } finally {
      await clocks.stop();
      await other.close();
    }
  });
});
