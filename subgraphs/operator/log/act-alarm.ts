// Alarms about own acts: each is put on record once, with evidence, and told in the log. Neither holds a personal datum: an act is named by
// its id, and evidence is made of promises, notes and hashes.

import type { Logger } from '../../../shared/service/logger';
import type { ActAlarm } from '../domain/act-delivery';
import type { ActOutbox } from '../store/act-outbox';

/** Told an alarm, as often as it holds. */
export type OnActAlarm = (actId: string, kind: ActAlarm, evidence: object) => Promise<void>;

/** Puts alarms on record and tells new ones. */
export function recordAlarms(outbox: Pick<ActOutbox, 'raise'>, logger: Logger): OnActAlarm {
  return async (actId, kind, evidence) => {
    if (await outbox.raise(actId, kind, evidence)) logger.error({ actId, alarm: kind }, 'alarm about an own act');
  };
}
