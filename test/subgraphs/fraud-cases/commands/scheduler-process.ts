// A scheduler as a process of its own, to be killed: works over the database in DATABASE_URL with the keys in the folder KEYS.

import { join } from 'node:path';
import { createActAuthor } from '../../../../shared/audit-log/act-author';
import { loadOrMakeKeyFile } from '../../../../shared/audit-log/key-file';
import { createLogger } from '../../../../shared/service/logger';
import { clockWatch } from '../../../../subgraphs/fraud-cases/commands/clock-watch';
import { createScheduler } from '../../../../subgraphs/fraud-cases/commands/scheduler';
import { timedJobs } from '../../../../subgraphs/fraud-cases/commands/timed-jobs';
import { caseTransactions } from '../../../../subgraphs/fraud-cases/store/case-transaction';
import { openFraudCasesDatabase } from '../../../../subgraphs/fraud-cases/store/database';
import { openLogPool } from '../../../../subgraphs/fraud-cases/store/log-pool';

async function main(): Promise<void> {
  const [url = '', keys = ''] = [process.env.DATABASE_URL, process.env.KEYS];
  const keyOf = (name: string) => loadOrMakeKeyFile(join(keys, `${name}.pem`));
  const dataSource = await openFraudCasesDatabase(url);
  const transactions = caseTransactions(dataSource);
  const author = createActAuthor({
    party: 'afc',
    privateKey: keyOf('act').privateKey,
    keepsCases: true,
    seen: () => null,
  });
  const source = openLogPool(url);
  const logger = createLogger({ name: 'scheduler', level: 'silent' });
  const jobs = [
    clockWatch({ source, transactions, logger }),
    ...timedJobs({ transactions, author, orderKey: keyOf('order') }, source),
  ];
  createScheduler({ source, jobs, logger, pauseMs: 20, leaseMs: 1_500 }).start();
}

void main();
