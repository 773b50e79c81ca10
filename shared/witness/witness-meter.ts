// Counts the alarms of a witness. Each is a reason to call people: a count above zero does not go back.

import type { Metrics } from '../service/metrics';
import type { WitnessAlarm } from './witness-alarm';

const KINDS: readonly WitnessAlarm['kind'][] = [
  'LOG_EQUIVOCATED',
  'EXTENSION_UNPROVEN',
  'TILES_DIFFER',
  'STATE_WENT_BACK',
];

/** Counts alarms by kind, from zero on. */
export function countWitnessAlarms(metrics: Metrics): (alarm: WitnessAlarm) => void {
  const alarms = metrics.counts({
    name: 'senim_witness_alarms_total',
    help: 'Alarms of this witness about the log, by kind',
    labels: ['kind'],
  });
  for (const kind of KINDS) alarms(kind);
  return ({ kind }) => alarms(kind).add();
}
