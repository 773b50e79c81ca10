// A real operator in this process over a fresh database, for tests of those who speak with operators: its GraphQL, portings and orders over
// HTTP, with the keys of a ceremony. It does nothing by itself unless a pace is told.

import type { OperatorFact } from '../../shared/vocabulary/seed-fact';
import type { DeskPace } from '../../subgraphs/operator/log/joint-log-desk';
import type { RunningService } from '../../subgraphs/operator/server';
import { IDLE_PACE } from '../subgraphs/operator/log/log-fixture';
import {
  contract,
  createOperatorDatabase,
  daysAgo,
  iinOf,
  type OperatorDatabase,
  person,
  serveOperator,
  tenure,
} from '../subgraphs/operator/operator-fixture';

/** Where keys and trust are; a ceremony of a test is one. */
export interface OperatorTrust {
  readonly folder: string;
  readonly policyFile: string;
  readonly rootFile: string;
  keyFile(party: string, purpose: string): string;
}

/** An operator that answers. */
export interface TestOperator {
  /** Origin; GraphQL is below it at /graphql. */
  readonly url: string;
  readonly database: OperatorDatabase;
  readonly service: RunningService;
  stop(): Promise<void>;
}

/** Starts the operator with active lines on these numbers, served for a hundred days. `logUrl` is the origin of the bank's log. */
export async function startTestOperator(options: {
  readonly code: string;
  readonly trust: OperatorTrust;
  readonly logUrl: string;
  readonly msisdns: readonly string[];
  readonly pace?: DeskPace;
}): Promise<TestOperator> {
  const { code, trust, logUrl, msisdns, pace = IDLE_PACE } = options;
  const database = await createOperatorDatabase(activeLines(msisdns), code);
  const config = {
    ACT_KEY_FILE: trust.keyFile(code, 'act'),
    RECEIPT_KEY_FILE: trust.keyFile(code, 'receipt'),
    RESPONSE_KEY_FILE: trust.keyFile(code, 'response'),
    WITNESS_KEY_FILE: trust.keyFile(code, 'witness'),
    WITNESS_STATE_DIR: `${trust.folder}/witness-of-${code}`,
    TRUST_POLICY_FILE: trust.policyFile,
    TRUST_ROOT_FILE: trust.rootFile,
    LOG_URL: logUrl,
  };
  const service = await serveOperator(database.url, code, { config, pace });
  return {
    url: service.url,
    database,
    service,
    async stop() {
      await service.stop();
      await database.close();
    },
  };
}

/** One holder's active lines. */
export function activeLines(msisdns: readonly string[], since = daysAgo(100)): readonly OperatorFact[] {
  return [
    person('holder', iinOf(1)),
    ...msisdns.map((msisdn) => tenure(msisdn, since)),
    ...msisdns.map((msisdn) => contract({ id: `line ${msisdn}`, msisdn, since, subscriberId: 'holder' })),
  ];
}
