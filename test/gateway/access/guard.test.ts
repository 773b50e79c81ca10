// What a reader's view takes out of an operation before anything is planned: in whatever guise a field is asked, and what the plan would have
// fetched for it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBarred, type ReadingFor, viewOf } from '../../../gateway/access/guard';
import { execute } from '../../../gateway/execute/execute';
import { createPlanner } from '../../../gateway/plan/plan';
import type { PreparedOperation } from '../../../gateway/plan/prepared-operation';
import type { Send } from '../../../gateway/route/subgraph-call';
import { loadSupergraph } from '../../../gateway/supergraph/load';
import type { ActorRole } from '../../../shared/vocabulary/role';

const SUPERGRAPH = join(__dirname, '..', '..', '..', 'gateway', 'supergraph', 'supergraph.graphql');
const planner = createPlanner(loadSupergraph(readFileSync(SUPERGRAPH, 'utf8')));
const CASE = { caseId: '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10', purpose: 'INVESTIGATION' };
const NO_CASE = { caseId: null, purpose: null };
const M = '"+77011234567"';

async function prepared(
  query: string,
  roles: readonly ActorRole[],
  asked: ReadingFor = CASE,
): Promise<PreparedOperation> {
  const outcome = await planner.prepare({ query, view: viewOf({ roles }, asked) });
  if (!outcome.ok) throw new Error(`Not prepared: ${JSON.stringify(outcome.error)}`);
  return outcome.value;
}

/** Runs with subgraphs that answer nothing: which texts went out, and what was refused. */
async function run(query: string, roles: readonly ActorRole[], asked: ReadingFor = CASE, variables = {}) {
  const texts: string[] = [];
  const send: Send = async ({ fetch }) => {
    texts.push(`${fetch.serviceName}: ${fetch.operation}`);
    return { data: null, errors: [] };
  };
  const context = {
    requestId: 'r',
    deadlineMs: performance.now() + 10_000,
    signal: AbortSignal.timeout(10_000),
    headersFor: () => ({}),
  };
  const { data, errors } = await execute(await prepared(query, roles, asked), variables, context, send);
  return { texts, data, refused: errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`) };
}

describe('a field that is refused', () => {
  const selection = 'callsOut';
  const usage = `usage(from:"2026-01-01",to:"2026-01-02"){${selection}}`;

  test('at the root is null with its code, and nobody is asked', async () => {
    expect(await run(`{person(iin:"900101300007"){iin holdings{activeLineCount}}}`, ['INVESTIGATOR'], NO_CASE)).toEqual(
      {
        texts: [],
        data: { person: null },
        refused: ['person PURPOSE_REQUIRED'],
      },
    );
    expect((await run('{fraudCases{totalCount} operators{name}}', ['ANALYST'])).data).toBeNull();
  });

  test.each([
    ['plainly', `{phoneNumber(msisdn:${M}){msisdn tenures{contract{subscriber{maskedIin iin fullName}}}}}`],
    [
      'under other names',
      `{phoneNumber(msisdn:${M}){msisdn tenures{contract{subscriber{kind:maskedIin maskedName:iin id:fullName}}}}}`,
    ],
    [
      'in a fragment',
      `{phoneNumber(msisdn:${M}){msisdn tenures{contract{subscriber{...F}}}}} fragment F on Subscriber{maskedIin iin ...G} fragment G on Subscriber{fullName}`,
    ],
    [
      'in an inline fragment',
      `{phoneNumber(msisdn:${M}){msisdn tenures{contract{subscriber{maskedIin ...{iin} ...on Subscriber{fullName}}}}}}`,
    ],
    [
      'under a condition',
      `query($c:Boolean=true){phoneNumber(msisdn:${M}){msisdn tenures{contract{subscriber{maskedIin iin@include(if:$c) fullName@skip(if:false)}}}}}`,
    ],
  ])('is not fetched, asked %s', async (_how, query) => {
    for (const [roles, asked] of [
      [['INVESTIGATOR'], NO_CASE],
      [['SUPERVISOR', 'ANALYST'], { ...CASE, purpose: null }],
    ] as const) {
      const operation = await prepared(query, roles, asked);
      const text = JSON.stringify(await operation.variantFor({ c: true }));
      expect(text).toContain('maskedIin');
      expect(text.replaceAll('maskedIin', '')).not.toMatch(/\biin\b(?![^"]*"kind":"refused")|fullName\b[^"]*\{/);
      expect(text).not.toMatch(/subscriber ?\{[^}]*\b(iin|fullName)\b/);
    }
    const open = JSON.stringify(await (await prepared(query, ['INVESTIGATOR'])).variantFor({ c: true }));
    expect(open).toMatch(/\biin\b/);
  });

  test('in clear is refused wherever a list of contracts, a person or a handset leads to it, with a case as well', async () => {
    const clear = `contract{subscriber{fullName}} ${usage}`;
    const ways = [
      `{phoneNumber(msisdn:${M}){tenures{contracts{subscriber{fullName}}}}}`,
      `{person(iin:"900101300007"){holdings{tenures{${clear}}}}}`,
      `{legalEntity(bin:"150340012349"){holdings{tenures{${clear}}}}}`,
      `{device(imei:"490154203237518"){sightings{tenures{${clear}}}}}`,
      `{device(imei:"490154203237518"){sightings{tenures{...F}}}} fragment F on OperatorTenure{${clear}}`,
    ];
    for (const query of ways) {
      const text = JSON.stringify(await (await prepared(query, ['INVESTIGATOR', 'SUPERVISOR'])).variantFor({}));
      expect(text).not.toMatch(/fullName(?!","sourceKey)(?!","value)/);
    }
  });

  test('is refused to whoever may have the field and not what it requires of others', async () => {
    const view = viewOf({ roles: ['INVESTIGATOR'] }, CASE);
    const narrower = {
      key: 'without counts',
      refusalOf: (coordinate: string, way: ReadonlySet<string>) =>
        coordinate === 'OperatorHolding.activeLineCount' ? ('FORBIDDEN' as const) : view.refusalOf(coordinate, way),
    };
    const outcome = await planner.prepare({ query: '{person(iin:"900101300007"){iin simCap{state}}}', view: narrower });
    if (!outcome.ok) throw new Error('Not prepared.');
    const text = JSON.stringify(await outcome.value.variantFor({}));
    expect(text).not.toContain('activeLineCount');
    expect(text).not.toContain('operator:');
  });

  test('leaves the answers of readers of other kinds what they are', async () => {
    const query = `{phoneNumber(msisdn:${M}){blockStatus{state reason}}}`;
    const texts = async (role: ActorRole) => JSON.stringify(await (await prepared(query, [role])).variantFor({}));
    expect(await texts('INVESTIGATOR')).toContain('reason');
    expect((await run(query, ['BANK'])).texts.join()).not.toContain('reason');
    expect(await texts('INVESTIGATOR')).toContain('reason');
  });
});

describe('an operation that changes something, or streams', () => {
  const principal = (roles: readonly ActorRole[]) => ({
    person: 'p',
    organisation: 'afc',
    roles,
    unit: 'almaty-1',
    client: 'c',
    strongSince: null,
    expiresAt: '2026-01-01T00:00:00.000Z' as never,
  });

  test.each([
    'mutation{closeCase(caseId:"1"){userErrors{code}}}',
    'mutation{x:closeCase(caseId:"1")@include(if:false){userErrors{code}}}',
    'mutation{...F} fragment F on Mutation{closeCase(caseId:"1"){userErrors{code}}}',
    'subscription{caseUpdated(caseId:"1"){id}}',
  ])('is barred as a whole to a role that may not: %s', async (query) => {
    for (const role of ['ANALYST', 'AUDITOR', 'ADMIN', 'BANK', 'PORTAL', 'OPERATOR', 'DISPATCHER'] as const) {
      expect(isBarred(principal([role]), await prepared(query, [role]))).toBe(true);
    }
    expect(isBarred(principal(['INVESTIGATOR']), await prepared(query, ['INVESTIGATOR']))).toBe(false);
  });

  test('is barred to whoever has no role', async () => {
    expect(isBarred(principal([]), await prepared('mutation{closeCase(caseId:"1"){userErrors{code}}}', []))).toBe(true);
  });
});
