// What a program's keepers learn of requests that were refused at its door: a line of the log and a number, each with a word of a closed list and
// nothing of the request.

import type { Logger } from './logger';
import type { Metrics } from './metrics';

/** Tells of one refused request. */
export type TellRefusal = (reason: string) => void;

/** Refusals of one program. */
export function doorRefusals(logger: Logger, metrics: Metrics): TellRefusal {
  const counts = metrics.counts({
    name: 'senim_door_refusals_total',
    help: 'Requests that were refused before anything was read',
    labels: ['reason'],
  });
  return (reason) => {
    counts(reason).add();
    logger.error({ alarm: reason }, 'a request was refused at the door');
  };
}
