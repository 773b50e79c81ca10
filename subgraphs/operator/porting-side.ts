// Where numbering tells this operator that a number moves: the three addresses of a porting, each of which needs the signature of numbering's
// key in the root of trust, and nobody else's.

import { signedRoutes } from '../../shared/identity/program-calls';
import type { HttpHandler } from '../../shared/service/http-host';
import { answerPorting, LARGEST_PORTING_BODY, PORTING_PATHS } from './api/porting-routes';
import type { ServiceConfig } from './config';
import { bankKeys, loadTrust } from './log/own-trust';
import type { PortingStore } from './store/porting-store';

/** A handler of the addresses; false for every other. `onAlarm` is told a word for every request that numbering did not sign. */
export function openPortingSide(
  config: ServiceConfig,
  { portings, onAlarm }: { readonly portings: PortingStore; readonly onAlarm: (alarm: string) => void },
): HttpHandler {
  const keys = bankKeys(
    loadTrust({ policyFile: config.TRUST_POLICY_FILE, rootFile: config.TRUST_ROOT_FILE }),
    'numbering',
  );
  return signedRoutes({
    rows: PORTING_PATHS.map((path) => ({ path, keys })),
    mostBytes: LARGEST_PORTING_BODY,
    answer: (call, response) => answerPorting(call, response, portings),
    onRefusal: (reason) => onAlarm(`SIGNATURE_${reason}`),
  });
}
