// A root of trust that names the key of one gateway, for subgraphs that are to believe its contexts, and contexts that it signs.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayContext } from '../../shared/access/gateway-context';
import { encodeBase64Url } from '../../shared/audit/encoding';
import { provePossession } from '../../shared/audit/party-key';
import { formatTrustRoot } from '../../shared/audit/trust-root';
import type { KeyPair } from '../../shared/audit-log/key-file';
import { signContext } from '../../shared/identity/gateway-context';
import { msToInstant } from '../../shared/vocabulary/instant';
import { TEST_GATEWAY_KEY } from './gateway-signature';

/** A gateway's key and the root that names it. */
export interface GatewayTrust {
  readonly rootFile: string;
  readonly key: KeyPair;
  /** A context of now, with `changes` of what it says. */
  contextOf(changes?: Partial<GatewayContext>, nowMs?: number): string;
}

/** Writes key and root into the folder. */
export function gatewayTrust(folder: string, key = TEST_GATEWAY_KEY): GatewayTrust {
  const rootFile = join(folder, 'gateway-root.json');
  const possession = encodeBase64Url(provePossession('afc', 'gateway', key.privateKey));
  const keys = [{ role: 'gateway' as const, key: key.publicKey, possession }];
  const parties = [{ code: 'afc', witness: null, keys }];
  writeFileSync(rootFile, formatTrustRoot({ opened: msToInstant(Date.UTC(2026, 0, 1)), bank: 'afc', parties }));
  return {
    rootFile,
    key,
    contextOf: (changes = {}, nowMs = Date.now()) => signContext({ ...contextAt(nowMs), ...changes }, key, nowMs),
  };
}

function contextAt(nowMs: number): GatewayContext {
  return {
    requestId: '6f1c2f2e-6d5f-4c7e-9d5a-0a3f0c9b1e11',
    deadline: msToInstant(nowMs + 2_000),
    caseId: null,
    purpose: null,
    actor: null,
  };
}
