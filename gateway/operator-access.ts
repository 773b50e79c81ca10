// How the gateway's calls are made good: its signature under each request to a subgraph. Puts the parts of access/ together with the
// gateway's keys and addresses.

import { loadKeyFile } from '../shared/audit-log/key-file';
import { requestSigner } from './access/signature';
import type { GatewayConfig } from './config';
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

/** The access of a gateway. Throws one plain sentence when its key file cannot be used. */
export function operatorAccess(config: GatewayConfig, _directory: Directory): OperatorAccess {
  return { sign: requestSigner(loadKeyFile(config.GATEWAY_KEY_FILE)) };
}
