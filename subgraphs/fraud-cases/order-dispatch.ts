// The dispatcher of orders as the service runs it: its reads on connections of their own, its sign-in at the issuer as the machine that may
// execute orders and nothing else.

import { createMachineSignIn } from '../../shared/identity/machine-sign-in';
import type { CallHttp } from '../../shared/service/http-call';
import type { Logger } from '../../shared/service/logger';
import type { CommandDesk } from './commands/command-desk';
import { startDispatcher } from './commands/dispatcher';
import { createOrderSender } from './commands/gateway-call';
import { createLineCourseCall } from './commands/line-course-call';
import type { DispatchConfig } from './config';
import type { BankTrust } from './log/bank-trust';
import { openLogPool } from './store/log-pool';

/** What the dispatch of a service is made of. */
export interface OrderDispatchParts {
  readonly config: DispatchConfig;
  readonly numberingUrl: string;
  /** Issuer of the machine's token. */
  readonly issuer: string;
  readonly databaseUrl: string;
  readonly desk: CommandDesk;
  readonly trust: BankTrust;
  readonly logger: Logger;
  readonly call: CallHttp;
  /** Calls numbering, with the bank's signature. */
  readonly callNumbering: CallHttp;
}

const CLIENT = 'afc-dispatcher';
/** Above the gateway's own ten seconds for a mutation. */
const CALL_MS = 12_000;

/** Starts the dispatcher; throws one plain sentence when its key cannot be used. */
export function startOrderDispatch(parts: OrderDispatchParts): { stop(): Promise<void> } {
  const { config, databaseUrl, desk, trust, logger, call } = parts;
  const signIn = createMachineSignIn({
    tokenEndpoint: config.TOKEN_ENDPOINT,
    clientId: CLIENT,
    keyFile: config.DISPATCHER_KEY_FILE,
    audience: parts.issuer,
    call,
  });
  const pool = openLogPool(databaseUrl);
  const dispatcher = startDispatcher({
    settlement: {
      desk,
      source: pool,
      receiptKeyOf: (operatorCode, keyId) => trust.keyOf(operatorCode, 'receipt', keyId),
      askLineCourse: createLineCourseCall(parts.numberingUrl, parts.callNumbering),
    },
    source: pool,
    databaseUrl,
    send: createOrderSender({ gatewayUrl: config.GATEWAY_URL, signIn, timeoutMs: CALL_MS, call }),
    logger,
  });
  return {
    async stop() {
      await dispatcher.stop();
      await pool.end();
    },
  };
}
