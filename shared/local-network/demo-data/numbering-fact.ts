// What numbering knows of the demo network: ranges, tenures and portings, from the same planned lines as the operators' facts, so
// that both tell one history.

import type { NumberingFact } from '../../vocabulary/seed-fact';
import { instantText, instantTextOrNull } from './demo-calendar';
import { DEMO_OPERATORS } from './demo-operator';
import { uuidFor } from './draw';
import type { Line } from './line';

/** The ranges as they were first allocated. */
export function* rangeFacts(): Generator<NumberingFact> {
  for (const { code, prefixes } of DEMO_OPERATORS) {
    for (const prefix of prefixes) yield { kind: 'range', prefix, operatorCode: code };
  }
}

/** Tenures of a line, oldest first, and the portings between them. */
export function* lineFacts(seed: number, line: Line): Generator<NumberingFact> {
  for (const tenure of line.tenures) {
    yield {
      kind: 'tenure',
      msisdn: line.msisdn,
      operatorCode: DEMO_OPERATORS[tenure.operator].code,
      since: instantText(tenure.sinceMs),
      until: instantTextOrNull(tenure.untilMs),
    };
  }
  for (const [leg, tenure] of line.tenures.entries()) {
    const donor = line.tenures[leg - 1];
    if (donor === undefined) continue;
    yield {
      kind: 'porting',
      id: uuidFor(seed, PORTING, Number(line.msisdn.slice(1)), leg),
      msisdn: line.msisdn,
      donor: DEMO_OPERATORS[donor.operator].code,
      recipient: DEMO_OPERATORS[tenure.operator].code,
      completedAt: instantText(tenure.sinceMs),
    };
  }
}

const PORTING = 60;
