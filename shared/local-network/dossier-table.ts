// A dossier as a person reads it: first whether the number is dangerous or blocked, then who answered, then each tenure, newest first.
// Pure; what one tenure shows is in dossier-tenure.ts.

import type { JsonObject } from '../vocabulary/json';
import { type DossierAnswer, isObject, objectIn, objectsIn } from './dossier-answer';
import { tenureLines, worstRisk } from './dossier-tenure';
import { localTime } from './local-time';
import { clean, type Emphasis, heading, item, listed, row, type TableStyle } from './table-text';

/** The table of a number that somebody serves or served, ending with a line break. */
export function dossierTable(answer: DossierAnswer, style: TableStyle): string {
  const { number } = answer;
  if (number === null) return '';
  const tenures = objectsIn(number.tenures);
  const sections = [
    [heading(titleOf(number), style)],
    summaryLines(number, tenures, answer, style),
    ...tenures.map((tenure) => tenureLines(tenure, answer, style)),
    portingLines(number, style),
    caseLines(number, style),
    ['Times are Almaty time.'],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** `+7 701 123 45 67` */
export function spelled(msisdn: unknown): string {
  const parts = /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(String(msisdn));
  return parts === null ? clean(msisdn) : `+7 ${parts.slice(1).join(' ')}`;
}

function titleOf(number: JsonObject): string {
  const serving = objectIn(number, 'servingOperator');
  const holder = objectIn(number, 'rangeHolder');
  return [
    spelled(number.msisdn),
    isObject(number.servingOperator) ? `served by ${clean(serving.name)}` : 'served by nobody now',
    ...(isObject(number.rangeHolder) && holder.code !== serving.code ? [`range of ${clean(holder.name)}`] : []),
  ].join(' · ');
}

function summaryLines(
  number: JsonObject,
  tenures: readonly JsonObject[],
  answer: DossierAnswer,
  style: TableStyle,
): readonly string[] {
  const lost = new Set(answer.missing.map((entry) => entry.operatorCode));
  const named = (code: unknown): string => answer.operatorNames.get(String(code)) ?? clean(code);
  const answered = [...new Set(tenures.map((tenure) => tenure.operatorCode))].filter((code) => !lost.has(String(code)));
  const risk = worstRisk(tenures, named);
  return [
    row('RISK', risk.text, style, { emphasis: risk.emphasis }),
    blockLine(number, answer, style),
    ...(isObject(number.openCase) ? [row('OPEN CASE', caseText(number.openCase), style)] : []),
    row('ANSWERED', answered.length === 0 ? 'no operator' : listed(answered.map(named)), style),
    ...answer.missing.map((entry) =>
      row('MISSING', `${clean(entry.who)}: ${entry.why}`, style, { emphasis: ['yellow'] }),
    ),
    ...(answer.withheld.length === 0 ? [] : [row('WITHHELD', withheldText(answer), style, { emphasis: ['yellow'] })]),
  ];
}

function withheldText({ withheld }: DossierAnswer): string {
  return `${listed(withheld.map(clean))}: whoever asks may not see this, or not under this case`;
}

function blockLine(number: JsonObject, { missing }: DossierAnswer, style: TableStyle): string {
  if (!isObject(number.blockStatus)) {
    const isMissing = missing.some(({ operatorCode }) => operatorCode === null);
    const why = isMissing ? 'not known: the fraud-case service did not answer' : 'not shown';
    return row('BLOCK', why, style);
  }
  const { state, since, until, reason, underAppeal, order } = number.blockStatus;
  if (state === 'NONE') return row('BLOCK', 'none', style, { emphasis: ['green'] });
  const measures = isObject(order) && Array.isArray(order.measures) ? order.measures.map(clean).join(' ') : '';
  const text = listed([
    clean(state),
    typeof since === 'string' && `since ${localTime(since)}`,
    typeof until === 'string' && `until ${localTime(until)}`,
    measures,
    typeof reason === 'string' && clean(reason).replace(/\.$/, ''),
    underAppeal === true && 'under appeal',
    isObject(order) && `order ${clean(order.id)} to ${clean(order.operatorCode)} is ${clean(order.state)}`,
  ]);
  const emphasis: readonly Emphasis[] = state === 'UNBLOCKED' ? [] : ['bold', 'red'];
  return row('BLOCK', text, style, { emphasis });
}

function portingLines(number: JsonObject, style: TableStyle): readonly string[] {
  const portings = objectsIn(number.portings);
  if (portings.length === 0) return [];
  return [
    heading('MOVES', style),
    ...portings.map(({ donor, recipient, completedAt }) => {
      const [from, to] = [donor, recipient].map((side) => clean(isObject(side) ? side.name : null));
      return item(`${localTime(completedAt)}  ${from} → ${to}`, style);
    }),
  ];
}

function caseLines(number: JsonObject, style: TableStyle): readonly string[] {
  const cases = objectIn(number, 'cases');
  const nodes = objectsIn(cases.nodes);
  if (nodes.length === 0) return [];
  const total = typeof cases.totalCount === 'number' ? cases.totalCount : nodes.length;
  const title = total > nodes.length ? `CASES (the first ${nodes.length} of ${total})` : 'CASES';
  return [heading(title, style), ...nodes.map((entry) => item(caseText(entry), style))];
}

function caseText(entry: JsonObject): string {
  return listed([
    clean(entry.number),
    clean(entry.state),
    entry.outcome !== 'UNSET' && clean(entry.outcome),
    typeof entry.fraudType === 'string' && clean(entry.fraudType),
    `severity ${clean(entry.severity)}`,
    `opened ${localTime(entry.openedAt)}`,
    typeof entry.dueAt === 'string' && `due ${localTime(entry.dueAt)}`,
    typeof entry.assignee === 'string' && `assigned to ${clean(entry.assignee)}`,
    `id ${clean(entry.id)}`,
  ]);
}
