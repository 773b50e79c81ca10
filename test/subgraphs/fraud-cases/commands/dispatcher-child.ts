// A dispatcher as a process of its own, so that a test can kill it. Told by its arguments: database, gateway, ceremony's policy, root and keys.

import { Pool } from 'pg';
import { createLogger } from '../../../../shared/service/logger';
import { startDispatcher } from '../../../../subgraphs/fraud-cases/commands/dispatcher';
import { createOrderSender } from '../../../../subgraphs/fraud-cases/commands/gateway-call';
import { bankAuthor } from '../../../../subgraphs/fraud-cases/log/bank-log';
import { loadBankTrust } from '../../../../subgraphs/fraud-cases/log/bank-trust';
import { caseTransactions } from '../../../../subgraphs/fraud-cases/store/case-transaction';
import { openFraudCasesDatabase } from '../../../../subgraphs/fraud-cases/store/database';

const [databaseUrl = '', gatewayUrl = '', policyFile = '', rootFile = '', actKey = '', orderKey = ''] =
  process.argv.slice(2);

async function run(): Promise<void> {
  const dataSource = await openFraudCasesDatabase(databaseUrl);
  const trust = loadBankTrust({ policyFile, rootFile });
  const author = bankAuthor(trust, trust.ownKey('act', actKey), null);
  const source = new Pool({ connectionString: databaseUrl, max: 4 });
  const desk = { transactions: caseTransactions(dataSource), author, orderKey: trust.ownKey('order', orderKey) };
  startDispatcher({
    settlement: {
      desk,
      source,
      receiptKeyOf: (code, keyId) => trust.keyOf(code, 'receipt', keyId),
      askLineCourse: async () => null,
    },
    source,
    databaseUrl,
    send: createOrderSender({
      gatewayUrl,
      signIn: { token: async () => 'token', forget: () => {} },
      timeoutMs: 3_000,
    }),
    logger: createLogger({ name: 'dispatcher-child', level: 'silent' }),
    limits: { pollMs: 20, leaseMs: 400, firstBackOffMs: 10, longestBackOffMs: 40, firstPauseMs: 5, longestPauseMs: 20 },
  });
  process.stdout.write('started\n');
}

void run();
