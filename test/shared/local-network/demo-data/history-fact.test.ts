// What each operator says about the demo's cases is what the cases say about the operator: every report, answer and check once, at the same
// instant, and nothing that another party did.

import type { CaseFact, OperatorHistoryFact } from '../../../../shared/vocabulary/seed-fact';
import { AS_OF_MS, at, type DemoFacts, readDemo } from './demo-facts';

const CODES = ['kcell', 'beeline', 'tele2'] as const;
const facts = readDemo(0);

const history = (code: string, demo: DemoFacts = facts): readonly OperatorHistoryFact[] => [
  ...at(demo, code).of('report'),
  ...at(demo, code).of('informationAnswer'),
  ...at(demo, code).of('checkResult'),
];
const everybody = (demo: DemoFacts = facts) =>
  CODES.flatMap((code) => history(code, demo).map((fact) => ({ code, fact })));
const sorted = (lines: readonly string[]): readonly string[] => lines.toSorted();

it('has each report of an operator with that operator, whole', () => {
  const told = facts.cases
    .flatMap((one) => one.reports)
    .filter((report) => report.reporter.startsWith('operator-'))
    .map((report) => JSON.stringify({ kind: 'report', ...report }));
  const own = everybody().flatMap(({ code, fact }) => {
    if (fact.kind !== 'report') return [];
    expect(fact.reporter).toBe(`operator-${code}`);
    expect(['OPERATOR_DETECTION', 'SUBSCRIBER_COMPLAINT']).toContain(fact.source);
    return [JSON.stringify(fact)];
  });
  expect(told.length).toBeGreaterThan(8);
  expect(sorted(own)).toEqual(sorted(told));
});

it('has each answer with the operator that was asked', () => {
  const told = facts.cases
    .flatMap((one) => one.informationRequests)
    .filter((request) => request.answer !== null)
    .map((request) => `${request.operatorCode} ${request.id} ${request.answeredAt} ${request.answer}`);
  const own = everybody().flatMap(({ code, fact }) =>
    fact.kind === 'informationAnswer' ? [`${code} ${fact.requestId} ${fact.answeredAt} ${fact.answer}`] : [],
  );
  expect(told).toHaveLength(2);
  expect(sorted(own)).toEqual(sorted(told));
});

it('has each result of a check with the operator that serves the suspect, after the case was sent to it', () => {
  const checked = facts.cases.filter((one) => one.track === 'OPERATOR_CHECK' && one.decision !== null);
  const results = everybody().flatMap(({ code, fact }) => (fact.kind === 'checkResult' ? [{ code, fact }] : []));
  expect(sorted(results.map(({ fact }) => fact.caseId))).toEqual(sorted(checked.map((one) => one.id)));
  expect(results.map(({ fact }) => fact.confirmed).toSorted()).toEqual([false, true]);
  for (const { code, fact } of results) {
    const about = caseOf(fact.caseId);
    const proposed = about.decision;
    expect([`operator-${code}`, fact.findings, fact.at]).toEqual([
      proposed?.proposedBy,
      proposed?.findings,
      proposed?.proposedAt,
    ]);
    expect(fact.confirmed).toBe(proposed?.proposedOutcome === 'CONFIRMED');
    const sentAt = about.clocks.find((clock) => clock.ruleId === 'OP-02')?.startedAt ?? '';
    expect(sentAt !== '' && sentAt < fact.at).toBe(true);
    expect(about.clocks.find((clock) => clock.ruleId === 'OP-02')?.party).toBe(code);
  }
});

it('tells nothing of the future and nothing twice, whatever the day', () => {
  for (const asOfMs of [AS_OF_MS, Date.UTC(2027, 0, 3, 12)]) {
    const now = new Date(asOfMs).toISOString();
    const told = everybody(readDemo(0, asOfMs)).map(({ fact }) => fact);
    for (const fact of told) expect(instantOf(fact) <= now).toBe(true);
    expect(new Set(told.map(idOf)).size).toBe(told.length);
  }
});

it('comes after everything that it may speak of', () => {
  for (const code of CODES) {
    const kinds = at(facts, code).all.map((fact) => fact.kind);
    const first = kinds.findIndex((kind) => ['report', 'informationAnswer', 'checkResult'].includes(kind));
    if (first >= 0) expect(kinds.lastIndexOf('contract')).toBeLessThan(first);
  }
});

function caseOf(id: string): CaseFact {
  const found = facts.cases.find((one) => one.id === id);
  if (found === undefined) throw new Error('no such case');
  return found;
}

function instantOf(fact: OperatorHistoryFact): string {
  if (fact.kind === 'report') return fact.receivedAt;
  return fact.kind === 'informationAnswer' ? fact.answeredAt : fact.at;
}

function idOf(fact: OperatorHistoryFact): string {
  if (fact.kind === 'report') return fact.id;
  return fact.kind === 'informationAnswer' ? fact.requestId : fact.caseId;
}
