// What operators told the bank in the demo's cases, from their side: the reports that they sent, the answers that they gave, the results of
// their own checks. Told from the cases, so that both sides agree; block orders have their own file, enforcement-fact.ts.

import type { CaseFact, OperatorHistoryFact } from '../../vocabulary/seed-fact';

/** An operator's part in `cases`: its reports, then its answers, then the results of its checks, each oldest case first. */
export function* historyFacts(cases: readonly CaseFact[], operatorCode: string): Generator<OperatorHistoryFact> {
  const principal = `operator-${operatorCode}`;
  for (const report of cases.flatMap((fact) => fact.reports)) {
    if (report.reporter === principal) yield { kind: 'report', ...report };
  }
  for (const { id, operatorCode: asked, answer, answeredAt } of cases.flatMap((fact) => fact.informationRequests)) {
    if (asked !== operatorCode || answer === null || answeredAt === null) continue;
    yield { kind: 'informationAnswer', requestId: id, answer, answeredAt };
  }
  for (const { id, track, decision } of cases) {
    // A proposal by an operator is the result of the check that the case was sent to it for.
    if (track !== 'OPERATOR_CHECK' || decision?.proposedBy !== principal) continue;
    const confirmed = decision.proposedOutcome === 'CONFIRMED';
    yield { kind: 'checkResult', caseId: id, confirmed, findings: decision.findings, at: decision.proposedAt };
  }
}
