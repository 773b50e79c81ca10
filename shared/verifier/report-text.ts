// A verification report as lines for people: a line per step, a line per finding, the acts with what is proven about their time, a line per
// party, the verdict. Prints words of the catalogue and checked values only; nothing that a file merely claims reaches the terminal.

import { AUDIT_CATALOGUE } from '../audit/audit-catalogue';
import type { ActFact, BundleReport, PartyFact } from '../audit/bundle';
import type { EquivocationReport } from '../audit/equivocation';
import { type Finding, STEPS, type Step, type Verdict } from '../audit/findings';

const MEANINGS: Readonly<Record<Verdict, string>> = {
  VALID: 'Everything in this file is proven, and final.',
  VALID_NOT_FINAL:
    'Everything in this file is proven, but witnesses are missing: the keeper of the log could still replace it.',
  INVALID: 'This file does not prove what it says.',
  MALFORMED: 'This file, or the policy or root given with it, cannot be judged.',
  EQUIVOCATION: 'Somebody signed two statements that cannot both be true, and this file proves it.',
};

/** The lines of a bundle's report. */
export function bundleReportLines(report: BundleReport): readonly string[] {
  return [
    ...stepLines(report.steps, report.findings),
    ...(report.caseId === null ? [] : ['', `case ${report.caseId}, ${report.entryCount} entries proven`]),
    ...report.checkpoints.map(
      ({ size, cosignatures, final }) =>
        `checkpoint of size ${size}: ${cosignatures.length} witnesses, ${final ? 'FINAL' : 'not final'}`,
    ),
    ...report.acts.map(actLine),
    '',
    ...report.parties.map(partyLine),
    ...verdictLines(report.verdict),
  ];
}

/** The lines of the report on evidence of equivocation. */
export function equivocationReportLines(report: EquivocationReport): readonly string[] {
  return [...stepLines(report.steps, report.findings), ...verdictLines(report.verdict)];
}

function stepLines(steps: readonly Step[], findings: readonly Finding[]): readonly string[] {
  return (Object.keys(STEPS) as Step[]).flatMap((step) => {
    const found = findings.filter((finding) => finding.step === step);
    if (!steps.includes(step) && found.length === 0) return [];
    const worst = found.some((finding) => AUDIT_CATALOGUE[finding.code].severity !== 'REMARK');
    return [`${worst ? 'FAIL' : 'ok  '} ${step.padEnd(11)} ${STEPS[step]}`, ...found.map(findingLine)];
  });
}

function findingLine({ code, place }: Finding): string {
  const { severity, meaning } = AUDIT_CATALOGUE[code];
  return `     ${severity === 'REMARK' ? 'remark' : severity} ${code} at ${place}: ${meaning}`;
}

function actLine({ index, act, bracket, final }: ActFact): string {
  const earliest = timeText(bracket?.earliestMs ?? null);
  const latest = timeText(bracket?.latestMs ?? null);
  const state = final ? 'FINAL' : 'not final';
  return `entry ${index}: ${act.author} ${act.kind}, says ${act.at}, proven between ${earliest} and ${latest}, ${state}`;
}

function partyLine({ code, signed, witnessed, bound }: PartyFact): string {
  const facts = `signed ${signed} acts, its witness confirmed ${witnessed} entries`;
  return `party ${code}: ${bound ? 'BOUND' : 'NOT BOUND'} (${facts})`;
}

function verdictLines(verdict: Verdict): readonly string[] {
  return ['', `verdict: ${verdict}`, MEANINGS[verdict]];
}

function timeText(ms: number | null): string {
  return ms === null ? 'unknown' : new Date(ms).toISOString();
}
