// The ceremony at which a joint log begins, played for all parties on one machine: their keys, the root of trust that names them, and the
// policy that says whose cosignatures count. Keys and root are made once; later runs load the same keys and refuse others. The policy
// follows the addresses, which may change from start to start. Keys that stand in no root are made whenever they are missing. In life each
// party makes its own keys and hands over public halves.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64Url } from '../audit/encoding';
import { type KeyRole, provePossession } from '../audit/party-key';
import { formatTrustRoot, parseTrustRoot, requireAgreement, type TrustRoot } from '../audit/trust-root';
import { COSIGNATURE, formatVerifierKey, NOTE_SIGNATURE } from '../audit/verifier-key';
import { parseWitnessPolicy } from '../audit/witness-policy';
import { type KeyPair, loadKeyFile, loadOrMakeKeyFile } from '../audit-log/key-file';
import { usePolicy } from '../audit-log/policy-file';
import { AppError } from '../vocabulary/app-error';
import type { Instant } from '../vocabulary/instant';
import { type KeyHolder, keyPath, type Parties, type Party } from './parties';
import { replaceFile } from './replaced-file';
import { checkSecretFile, makeSecretFile } from './secret-file';

/** Names of the two files of trust. */
export const POLICY_FILE = 'policy.txt';
export const ROOT_FILE = 'root.json';

/** Public keys by holder and purpose: a verifier key for a log or a witness, base64url of 32 bytes for all others. */
export type PublicKeys = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Holds the ceremony, or the part of it that is not done yet, and tells the public keys. Throws one plain sentence when a key file is missing, open
 * to others or broken, or when the keys are not those of the root.
 */
export function holdCeremony(given: {
  readonly parties: Parties;
  /** Gets a folder per party with a file per purpose. */
  readonly keysFolder: string;
  /** Gets policy and root, and holds nothing else. */
  readonly trustFolder: string;
  readonly now: Instant;
}): PublicKeys {
  const { parties, keysFolder, trustFolder, now } = given;
  const rootFile = join(trustFolder, ROOT_FILE);
  const known = readRoot(rootFile);
  const load = known === null ? loadOrMakeKeyFile : loadKeyFile;
  const pairs = new Map<string, ReadonlyMap<KeyRole, KeyPair>>();
  for (const party of parties.parties) {
    const files = party.keys.map((role) => [role, load(join(keysFolder, keyPath(party, role)))] as const);
    pairs.set(party.code, new Map(files));
  }
  const others = makeOthers(parties.others ?? [], keysFolder, known === null);
  const root = rootOf(parties, pairs, known?.opened ?? now);
  const text = policyText(parties, pairs);
  requireAgreement(usePolicy(parseWitnessPolicy(Buffer.from(text, 'utf8'))), root);
  mkdirSync(trustFolder, { recursive: true, mode: 0o755 });
  if (known === null) replaceFile(rootFile, formatTrustRoot(root), 0o644);
  else requireSameRoot(known, root, rootFile);
  replaceFile(join(trustFolder, POLICY_FILE), text, 0o644);
  return merge(others, publicKeys(parties, pairs));
}

type Pairs = ReadonlyMap<string, ReadonlyMap<KeyRole, KeyPair>>;

/** Keys of the log and of witnesses stand in the policy and serve nothing else. */
const POLICY_ROLES: readonly KeyRole[] = ['log', 'witness'];

function readRoot(file: string): TrustRoot | null {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AppError('INTERNAL', `The root of trust ${file} cannot be read.`, { cause });
  }
  try {
    return parseTrustRoot(bytes);
  } catch (cause) {
    throw new AppError('INTERNAL', `The root of trust ${file} is broken.`, { cause });
  }
}

/** What the log does not know. A secret that is gone is never replaced: what was made with it would be lost without a word. */
function makeOthers(holders: readonly KeyHolder[], keysFolder: string, isFirst: boolean): PublicKeys {
  return Object.fromEntries(
    holders.map(({ code, keys, secrets }) => {
      for (const name of secrets) {
        const file = join(keysFolder, code, `${name}.key`);
        if (isFirst) makeSecretFile(file);
        checkSecretFile(file);
      }
      const made = keys.map((name) => {
        const { publicKey } = loadOrMakeKeyFile(join(keysFolder, code, `${name}.pem`));
        return [name, encodeBase64Url(publicKey.bytes)] as const;
      });
      return [code, Object.fromEntries(made)];
    }),
  );
}

/** A party may hold keys of both sorts. */
function merge(others: PublicKeys, own: PublicKeys): PublicKeys {
  const codes = new Set([...Object.keys(others), ...Object.keys(own)]);
  return Object.fromEntries([...codes].map((code) => [code, { ...others[code], ...own[code] }]));
}

function rootOf({ bank, parties }: Parties, pairs: Pairs, opened: Instant): TrustRoot {
  return {
    opened,
    bank,
    parties: parties.map(({ code, keys, witnessUrl }) => ({
      code,
      witness: witnessUrl === null ? null : code,
      keys: keys
        .filter((role) => !POLICY_ROLES.includes(role))
        .map((role) => {
          const { privateKey, publicKey } = pairOf(pairs, code, role);
          return { role, key: publicKey, possession: encodeBase64Url(provePossession(code, role, privateKey)) };
        }),
    })),
  };
}

function policyText({ origin, logUrl, quorum, bank, parties }: Parties, pairs: Pairs): string {
  const witnesses = parties.filter((party): party is Party & { witnessUrl: string } => party.witnessUrl !== null);
  const names = witnesses.map((party) => party.code);
  const vkeyOf = (code: string): string =>
    formatVerifierKey(code, COSIGNATURE, pairOf(pairs, code, 'witness').publicKey.bytes);
  return [
    `log ${formatVerifierKey(origin, NOTE_SIGNATURE, pairOf(pairs, bank, 'log').publicKey.bytes)} ${logUrl}`,
    ...witnesses.map(({ code, witnessUrl }) => `witness ${code} ${vkeyOf(code)} ${witnessUrl}`),
    `group witnesses ${quorum} ${names.join(' ')}`,
    'quorum witnesses',
    '',
  ].join('\n');
}

function requireSameRoot(known: TrustRoot, root: TrustRoot, file: string): void {
  if (formatTrustRoot(known) === formatTrustRoot(root)) return;
  throw new AppError('INTERNAL', `The root of trust ${file} names other parties or keys than the key files hold.`);
}

function publicKeys({ origin, parties }: Parties, pairs: Pairs): PublicKeys {
  const textOf = (code: string, role: KeyRole): string => {
    const { bytes } = pairOf(pairs, code, role).publicKey;
    if (role === 'log') return formatVerifierKey(origin, NOTE_SIGNATURE, bytes);
    return role === 'witness' ? formatVerifierKey(code, COSIGNATURE, bytes) : encodeBase64Url(bytes);
  };
  return Object.fromEntries(
    parties.map(({ code, keys }) => [code, Object.fromEntries(keys.map((role) => [role, textOf(code, role)]))]),
  );
}

function pairOf(pairs: Pairs, code: string, role: KeyRole): KeyPair {
  const pair = pairs.get(code)?.get(role);
  if (pair === undefined) throw new AppError('INTERNAL', `The party ${code} has no key for ${role}.`);
  return pair;
}
