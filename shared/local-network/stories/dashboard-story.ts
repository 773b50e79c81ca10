// S7: a dashboard of the bank reads counts: cases by kind of fraud, and which duties were met. No cell says anything about fewer than ten.

import type { JsonObject, JsonValue } from '../../vocabulary/json';
import { objectsIn } from '../dossier-answer';
import type { Stage } from './stage';

const WEEK_MS = 7 * 86_400_000;
const MONDAY_MS = 4 * 86_400_000;
/** Almaty is five hours ahead of UTC. */
const ALMATY_MS = 5 * 3_600_000;

/** Plays S7 over the last twelve whole weeks. */
export async function playDashboard(stage: Stage): Promise<void> {
  stage.narrator.tell('An analyst looks at twelve whole weeks. Counts only, rounded, from the snapshot of last night.');
  const [from, to] = weeks(Date.now(), 12);
  const data = await stage.ask('analyst-1', {
    what: `asks for cases and duties from ${from} to ${to}`,
    document: `query Dashboard($from: Date!, $to: Date!) {
      caseStatistics(from: $from, to: $to, groupBy: FRAUD_TYPE) { key opened confirmed refuted medianSecondsToBlock }
      dutyReport(from: $from, to: $to) { party ruleId started met breached running p95Seconds }
    }`,
    variables: { from, to },
  });
  const cells = [...objectsIn(data.caseStatistics), ...objectsIn(data.dutyReport)].flatMap(countsOf);
  for (const row of objectsIn(data.caseStatistics)) {
    stage.narrator.see(
      `${row.key}: opened ${shown(row.opened)}, confirmed ${shown(row.confirmed)}, refuted ${shown(row.refuted)}`,
    );
  }
  for (const row of objectsIn(data.dutyReport).slice(0, 12)) {
    stage.narrator.see(
      `${row.party} ${row.ruleId}: started ${shown(row.started)}, met ${shown(row.met)}, breached ${shown(row.breached)}`,
    );
  }
  stage.see(
    `each of ${cells.length} cells is hidden, or at least ten and a multiple of five`,
    cells.every((cell) => cell === null || (cell >= 10 && cell % 5 === 0)),
  );
}

function countsOf(row: JsonObject): readonly (number | null)[] {
  const names = ['opened', 'confirmed', 'refuted', 'started', 'met', 'breached', 'running'];
  return names.flatMap((name) => {
    const value = row[name];
    return value === undefined ? [] : [typeof value === 'number' ? value : null];
  });
}

function shown(value: JsonValue | undefined): string {
  return typeof value === 'number' ? String(value) : 'too few to tell';
}

/** First and last day of the last `count` whole weeks, Monday to Sunday. */
function weeks(nowMs: number, count: number): readonly [string, string] {
  const local = nowMs + ALMATY_MS;
  const monday = Math.floor((local - MONDAY_MS) / WEEK_MS) * WEEK_MS + MONDAY_MS;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return [day(monday - count * WEEK_MS), day(monday - 86_400_000)];
}
