// How the gateway's calls are made good: its signature under each, the bank's leave for every read of an operator, and the operator's own
// signature under every answer. Puts the parts of access/ together with the gateway's keys and addresses.

import { loadKeyFile } from '../shared/audit-log/key-file';
import { createDisclosure } from './access/disclosure';
import { answerCheck, requestSigner } from './access/signature';
import type { GatewayConfig } from './config';
import { postWithRetry } from './route/call-request';
import type { Directory } from './route/directory';
import type { IsSignedBy } from './route/operator-call';
import type { Post, Sign } from './route/send';
import type { Disclosure } from './route/wave';

/** What stands between the gateway and the subgraphs. */
export interface OperatorAccess {
  readonly sign?: Sign;
  readonly isSignedBy?: IsSignedBy;
  readonly disclosureOver?: (post: Post) => Disclosure;
}

/** The subgraph that keeps the cases and gives grants. */
const CASE_SERVICE = 'fraud-cases';

/** The access of a gateway. Throws one plain sentence when its key file cannot be used. */
export function operatorAccess(config: GatewayConfig, directory: Directory): OperatorAccess {
  const { origin } = new URL(config.FRAUD_CASES_URL);
  return {
    sign: requestSigner(loadKeyFile(config.GATEWAY_KEY_FILE)),
    isSignedBy: answerCheck(directory.responseKeyOf),
    disclosureOver: (post) =>
      createDisclosure((path, context, body) =>
        postWithRetry(
          post,
          {
            url: `${origin}${path}`,
            server: CASE_SERVICE,
            body,
            headers: { ...context.headersFor(CASE_SERVICE), 'x-request-id': context.requestId },
            deadlineMs: context.deadlineMs,
            context,
            readRefusals: true,
          },
          () => true,
        ),
      ),
  };
}
