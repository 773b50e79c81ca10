// The joint log inside the bank's program: the sequencer, the signer and the carrier to the witnesses run here as long as the service does,
// and its HTTP routes hand out what anybody may mirror and take in what operators sign. GraphQL reads the same tables.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ActAuthor, createActAuthor } from '../../../shared/audit-log/act-author';
import { ACTS_PATH, actRoutes } from '../../../shared/audit-log/act-routes';
import { type JointLog, startJointLog } from '../../../shared/audit-log/joint-log';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { LogAlarm } from '../../../shared/audit-log/log-alarm';
import { logReads } from '../../../shared/audit-log/log-reads';
import { logRoutes } from '../../../shared/audit-log/log-routes';
import { SeenCheckpoints } from '../../../shared/audit-log/seen-checkpoint';
import type { CallHttp } from '../../../shared/service/http-call';
import type { Logger } from '../../../shared/service/logger';
import { type AuditReads, auditReads } from '../store/audit-reads';
import { hasUntoldHistory } from '../store/case-event';
import type { CaseTransactions } from '../store/case-transaction';
import { openLogPool } from '../store/log-pool';
import type { ApplyAct } from './act-effect';
import { takeInAct } from './act-intake';
import type { BankTrust } from './bank-trust';
import { orderOpeningRoutes } from './order-openings';

/** Where the log's checkpoint, tiles and receipts stand. */
export const LOG_PREFIX = '/log';

/** What the log needs to run. */
export interface BankLogOptions {
  /** Those in which acts are taken in. */
  readonly transactions: CaseTransactions;
  readonly databaseUrl: string;
  readonly trust: BankTrust;
  readonly actKey: KeyPair;
  readonly logKey: KeyPair;
  /** Folder of the last signed checkpoint. */
  readonly lockDirectory: string;
  readonly logger: Logger;
  /** Told the kind of each alarm. */
  readonly onAlarm?: (kind: LogAlarm['kind']) => void;
  /** What an operator's act causes. */
  readonly apply: ApplyAct;
  /** How witnesses are called; in the clear on this machine unless told. */
  readonly call?: CallHttp;
}

/** The log of a running service. */
export interface BankLog {
  /** What GraphQL asks of it. */
  readonly reads: AuditReads;
  /** The bank, as it signs its acts. */
  readonly author: ActAuthor;
  /** For how long the oldest signature has been waiting for its quorum. */
  waitingForQuorumMs(): Promise<number>;
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  state(): ReturnType<JointLog['state']>;
  stop(): Promise<void>;
}

/** Starts the log over a database at head; resolves when the bank knows what it had seen. */
export async function startBankLog(options: BankLogOptions): Promise<BankLog> {
  const { databaseUrl, trust, actKey, logKey, lockDirectory, logger, transactions, apply } = options;
  const pool = openLogPool(databaseUrl);
  const seen = new SeenCheckpoints(pool, trust.policy);
  const author = bankAuthor(trust, actKey, seen);
  try {
    await seen.load();
    await seen.rememberOwnFinal();
  } catch (cause) {
    await pool.end();
    throw cause;
  }
  const log = startJointLog({
    databaseUrl,
    policy: trust.policy,
    logKey,
    lockDirectory,
    ...(options.call === undefined ? {} : { call: options.call }),
    onAlarm: (alarm) => {
      options.onAlarm?.(alarm.kind);
      tell(logger, alarm);
    },
  });
  log.onFinal(() => {
    seen.rememberOwnFinal().catch((cause: unknown) => {
      logger.warn({ fault: cause instanceof Error ? cause.name : 'unknown' }, 'a final checkpoint was not remembered');
    });
  });
  const acts = actRoutes((message) => takeInAct({ transactions, trust, author, apply }, message));
  const openings = orderOpeningRoutes(pool);
  const read = logReads(pool, trust.policy);
  const routes = logRoutes(read, LOG_PREFIX);
  return {
    reads: auditReads(pool, trust.policy),
    author,
    waitingForQuorumMs: () => read.waitingForQuorumMs(),
    async handle(request, response) {
      if (request.url?.split('?', 1)[0] === ACTS_PATH && (await hasUntoldHistory(pool))) {
        // What happened before comes into the log before what happens now.
        response.writeHead(503, {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'retry-after': '5',
        });
        response.end('{"refusal":"HISTORY_PENDING"}\n');
        return true;
      }
      return (await openings(request, response)) || (await routes(request, response)) || acts(request, response);
    },
    state: () => log.state(),
    async stop() {
      await log.stop();
      await pool.end();
    },
  };
}

/** The bank as an author of acts, who keeps the cases. */
export function bankAuthor(trust: BankTrust, actKey: KeyPair, seen: SeenCheckpoints | null): ActAuthor {
  return createActAuthor({
    party: trust.bank,
    privateKey: actKey.privateKey,
    keepsCases: true,
    seen: () => seen?.current() ?? null,
  });
}

/** Evidence goes to the log of the program in full: it is signed notes and says nothing about people. */
function tell(logger: Logger, alarm: LogAlarm): void {
  const isGrave = ['LOG_WENT_BACK', 'LOG_FORKED', 'LOG_HALTED', 'NO_QUORUM'].includes(alarm.kind);
  if (isGrave) logger.error({ alarm }, 'the joint log raises an alarm');
  else logger.warn({ alarm }, 'the joint log raises an alarm');
}
