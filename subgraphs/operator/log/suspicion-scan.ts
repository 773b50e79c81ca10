// Looks through the operator's lines, a batch at a time, and reports those whose risk is high. A batch costs four statements whatever its
// size. Where a scan stands is not kept: a process that begins anew begins with the first line, and what was reported stays reported.

import type { Instant } from '../../../shared/vocabulary/instant';
import { lineFactsOf } from '../domain/line-facts';
import { tenureKeyText } from '../domain/operator-tenure';
import { assessRisk, type RiskAssessment } from '../domain/risk-assessment';
import { type RiskRuleSet, trafficDays } from '../domain/risk-rule-set';
import { findingOf, isReportable } from '../domain/suspicion';
import type { OperatorStore } from '../store/operator-store';
import type { Candidate, ReportStore } from '../store/report-store';

/** What a scan needs. */
export interface ScanParts {
  readonly store: OperatorStore;
  readonly reports: ReportStore;
  readonly ruleSet: RiskRuleSet;
  /** Lines of one batch. */
  readonly batch: number;
}

/** How a batch went. */
export interface ScanStep {
  readonly scanned: number;
  readonly reported: number;
  /** Where the next batch begins; null when the last line was seen. */
  readonly next: string | null;
}

/** Where a scan begins. */
export const FIRST_LINE = '0';

/** One batch of a scan, from where the one before ended. Rejects when the database fails; what was reported until then stays. */
export async function scanBatch(parts: ScanParts, after: string): Promise<ScanStep> {
  const { candidates, now } = await parts.reports.candidates(after, parts.batch);
  const assessments = await assess(parts, candidates, now);
  let reported = 0;
  for (const [index, candidate] of candidates.entries()) {
    const assessment = assessments[index];
    if (assessment === undefined || assessment === null) continue;
    if ((await parts.reports.report(candidate, findingOf(assessment))) !== null) reported += 1;
  }
  const isEnd = candidates.length < parts.batch;
  return { scanned: candidates.length, reported, next: isEnd ? null : (candidates.at(-1)?.contractKey ?? null) };
}

/** The assessment of each candidate that is to be reported, null for the others. */
async function assess(
  { store, ruleSet }: ScanParts,
  candidates: readonly Candidate[],
  now: Instant,
): Promise<readonly (RiskAssessment | null)[]> {
  if (candidates.length === 0) return [];
  const keys = candidates.map(({ tenure }) => tenure);
  const ids = candidates.map(({ contractId }) => contractId);
  const contracts = await store.readContracts(keys);
  const devices = await store.readDevices(keys);
  const traffic = await store.readTrafficFacts(ids, trafficDays(ruleSet));
  return candidates.map(({ tenure, contractId }) => {
    const key = tenureKeyText(tenure);
    const contract = contracts.get(key)?.find(({ id }) => id === contractId);
    if (contract === undefined) return null;
    const facts = lineFactsOf(contract, devices.get(key) ?? [], traffic.get(contractId) ?? null, now);
    const assessment = assessRisk(facts, ruleSet);
    return isReportable(contract, assessment.level) ? assessment : null;
  });
}
