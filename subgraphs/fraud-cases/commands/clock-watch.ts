// The scheduler's look at clocks: a party is warned when a share of its time is used up, and a duty whose time is over is marked as missed, with
// an alarm. An alarm is a row and a line in the log of the program, which names clock, rule and party and nothing of the case.

import type { SqlSource } from '../../../shared/audit-log/sql-session';
import type { Logger } from '../../../shared/service/logger';
import { invariant } from '../../../shared/vocabulary/app-error';
import { attend, MISSED_PERCENT } from '../domain/clock-attention';
import { ruleVersion } from '../domain/duty-rules';
import type { CaseTransactions } from '../store/case-transaction';
import { attendAgain, lockClock, markMissed, raiseAlarms } from '../store/clock-alarms';
import { dueClocks } from '../store/due-reads';
import type { TimedJob } from './scheduler';

/** The job. Changes no case: a clock that runs out is no act of anybody. */
export function clockWatch(options: {
  readonly source: SqlSource;
  readonly transactions: CaseTransactions;
  readonly logger: Logger;
}): TimedJob {
  const { source, transactions, logger } = options;
  return {
    name: 'clocks',
    due: (request) => dueClocks(source, request),
    async carryOut(id) {
      const told = await transactions.run(async (transaction) => {
        const locked = await lockClock(transaction, id);
        if (locked === null) return { commits: false, value: null };
        const { clock, now } = locked;
        const rule = ruleVersion(clock.ruleId, clock.ruleVersion);
        invariant(rule !== null, 'a clock runs by a version of a rule that exists');
        const attention = attend(clock, rule, now);
        if (attention.clock.state !== clock.state) await markMissed(transaction, id);
        const percents = await raiseAlarms(transaction, id, attention.percents, now);
        await attendAgain(transaction, id, attention.nextAt);
        return { commits: true, value: { clock, percents } };
      });
      if (told === null) return false;
      // Said after COMMIT: a line without its row would be an alarm about nothing.
      const { ruleId, party } = told.clock;
      for (const percent of told.percents) {
        if (percent === MISSED_PERCENT) logger.error({ clock: id, rule: ruleId, party }, 'a duty was missed');
        else logger.warn({ clock: id, rule: ruleId, party, percent }, 'the time for a duty runs out');
      }
      return true;
    },
  };
}
