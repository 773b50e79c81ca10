// What stands between the gateway and the operator's data, put together: the keys of the bank that are believed, the operator's own key for
// answers, the record of disclosures and the cap, and the door itself. Whatever it refuses is told to the operator's keepers.

import { hkdfSync } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { PublicKey } from '../../shared/audit/ed25519';
import type { KeyPair } from '../../shared/audit-log/key-file';
import type { SubgraphDoor } from '../../shared/graphql/subgraph-host';
import type { Subgraph } from '../../shared/graphql/subgraph-schema';
import { believedContext, CONTEXT_HEADER, createContextCheck } from '../../shared/identity/gateway-context';
import { answerSigner, createGatewayDoor } from '../../shared/identity/gateway-door';
import { createGrantDoor } from './api/grant-door';
import { createOperatorContext, type OperatorContext, type OperatorSetting } from './api/operator-context';
import { KEY_FIELDS } from './api/schema';
import type { ServiceConfig } from './config';
import { disclosureSigner } from './log/disclosure-statement';
import { bankKeys, loadOwnKey, loadTrust } from './log/own-trust';
import { type NameKeys, openDisclosureStore } from './store/disclosure-store';

/** The door of an operator. `onAlarm` is told a word for every request that was refused, and for none that was answered; `onWithheld` is told of every answer from which fields were left out. */
export function openGatewaySide(
  config: ServiceConfig,
  parts: {
    readonly dataSource: DataSource;
    readonly subgraph: Subgraph;
    readonly setting: OperatorSetting;
    readonly onAlarm: (alarm: string) => void;
    readonly onWithheld: () => void;
  },
): SubgraphDoor<OperatorContext> {
  const { dataSource, subgraph, setting, onAlarm, onWithheld } = parts;
  const trust = loadTrust({ policyFile: config.TRUST_POLICY_FILE, rootFile: config.TRUST_ROOT_FILE });
  const responseKey = loadOwnKey(config.RESPONSE_KEY_FILE, trust, config.OPERATOR_CODE, 'response');
  const gatewayKeys = bankKeys(trust, 'gateway');
  const contexts = createContextCheck(gatewayKeys);
  const gateway = createGatewayDoor({ keys: gatewayKeys, onRefusal: (reason) => onAlarm(`SIGNATURE_${reason}`) });
  return createGrantDoor({
    operatorCode: config.OPERATOR_CODE,
    subgraph,
    believe: (request) => gateway.believe(request),
    signAnswer: answerSigner(responseKey),
    grantKeyOf: keyFinder(bankKeys(trust, 'grant')),
    recordUse: openDisclosureStore(dataSource, {
      names: nameKeysOf(responseKey),
      mostPersons: config.PERSONS_PER_DAY,
      state: disclosureSigner(responseKey),
    }),
    contextOf: (request, disclosure) => {
      const checked = contexts.check(request.headers[CONTEXT_HEADER]);
      if (!checked.ok) onAlarm('CONTEXT');
      return createOperatorContext(setting, believedContext(checked), disclosure);
    },
    onAlarm,
    onWithheld,
    freeFields: KEY_FIELDS,
  });
}

function keyFinder(keys: readonly PublicKey[]): (keyId: string) => PublicKey | null {
  return (keyId) => keys.find((key) => key.keyId === keyId) ?? null;
}

/** The keys by which subjects and persons are named in the record; they are derived, so that there is no further file to keep. */
function nameKeysOf({ privateKey }: KeyPair): NameKeys {
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' });
  const derived = (use: string): Uint8Array => new Uint8Array(hkdfSync('sha256', secret, '', use, 32));
  return { subjects: derived('senim/disclosure-names/v1'), persons: derived('senim/disclosed-persons/v1') };
}
