// A root of trust that names the key of one gateway and those of the bank's other programs, for subgraphs that are to believe them, and contexts
// that the gateway signs.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayContext } from '../../shared/access/gateway-context';
import { encodeBase64Url } from '../../shared/audit/encoding';
import { provePossession } from '../../shared/audit/party-key';
import { formatTrustRoot } from '../../shared/audit/trust-root';
import type { KeyPair } from '../../shared/audit-log/key-file';
import { signContext } from '../../shared/identity/gateway-context';
import { msToInstant } from '../../shared/vocabulary/instant';
import { keyPair } from '../shared/audit-log/log-keys';
import { TEST_GATEWAY_KEY } from './gateway-signature';

/** A gateway's key and the root that names it. */
export interface GatewayTrust {
  readonly rootFile: string;
  readonly key: KeyPair;
  /** A context of now, with `changes` of what it says. */
  contextOf(changes?: Partial<GatewayContext>, nowMs?: number): string;
}

/** The bank's programs that sign what they ask of others. */
const PROGRAM_ROLES = ['numbering', 'cases'] as const;

/** The key with which such a program signs in tests. */
export function programKey(role: (typeof PROGRAM_ROLES)[number]): KeyPair {
  return keyPair(`afc ${role}`);
}

/** Writes key and root into the folder. */
export function gatewayTrust(folder: string, key = TEST_GATEWAY_KEY): GatewayTrust {
  const rootFile = join(folder, 'gateway-root.json');
  const pairs = [['gateway', key] as const, ...PROGRAM_ROLES.map((role) => [role, programKey(role)] as const)];
  const keys = pairs.map(([role, { privateKey, publicKey }]) => ({
    role,
    key: publicKey,
    possession: encodeBase64Url(provePossession('afc', role, privateKey)),
  }));
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
