// The policy file (C2SP tlog-policy): which logs and witnesses are known, and which of the witnesses must have cosigned a checkpoint
// before it counts. This file reads the grammar, counts cosignatures, and holds Senim's own stricter rule of what a policy may say.

import { AuditFault, requireThat } from './audit-catalogue';
import { asBuffer, decodeUtf8 } from './encoding';
import { sameBytes } from './hash';
import { isInPrimeGroup } from './prime-group';
import { COSIGNATURE, NOTE_SIGNATURE, parseVerifierKey, type VerifierKey } from './verifier-key';

export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url: string | null;
}

export interface PolicyWitness {
  /** Name inside the policy; octets outside ASCII appear as one character each. */
  readonly name: string;
  readonly key: VerifierKey;
  readonly url: string | null;
}

/** At least `threshold` of the members, each a witness or an earlier group. */
export interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

export interface WitnessPolicy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** Name of a witness or group; null for `quorum none`. */
  readonly quorum: string | null;
}

/** A policy that Senim accepts: one log, `needed` of all `witnesses`. */
export interface QuorumPolicy {
  readonly origin: string;
  readonly logKeys: readonly VerifierKey[];
  readonly witnesses: readonly PolicyWitness[];
  /** Cosignatures that make a checkpoint final: k of n. */
  readonly needed: number;
  /** Witnesses that may lie without harm to any bound on time: f = n - k. */
  readonly tolerated: number;
}

const LARGEST_FILE = 1_000_000;
const MOST_LINES = 1000;
const RESERVED_NAMES: readonly string[] = ['none', 'all', 'any'];

/** The policy that a file holds, as its grammar says. POLICY_MALFORMED, KEY_MALFORMED or KEY_UNSOUND otherwise. */
export function parseWitnessPolicy(file: Uint8Array): WitnessPolicy {
  requireThat(file.length <= LARGEST_FILE, 'TOO_LARGE', 'A policy file has at most a million bytes.');
  // Octets above 0x7F are opaque to the grammar, so each becomes one character here.
  const text = asBuffer(file).toString('latin1');
  requireThat(
    text.endsWith('\n') && !/[^\t\n\x20-\x7e\x80-\xff]/.test(text),
    'POLICY_MALFORMED',
    'A policy is lines, each with its newline, without control characters.',
  );
  const lines = text.slice(0, -1).split('\n');
  requireThat(lines.length <= MOST_LINES, 'TOO_LARGE', 'A policy file has at most 1000 lines.');
  const reader = new PolicyReader();
  for (const line of lines) reader.readLine(line.split(/[ \t]+/).filter((word) => word !== ''));
  return reader.finish();
}

/** Whether the named witnesses, each counted once, satisfy the policy's quorum. */
export function isQuorum(policy: WitnessPolicy, cosigned: ReadonlySet<string>): boolean {
  const groups = new Map(policy.groups.map((group) => [group.name, group]));
  const counts = (name: string): boolean => {
    const group = groups.get(name);
    if (group === undefined) return cosigned.has(name);
    return group.members.filter(counts).length >= group.threshold;
  };
  return policy.quorum === null || counts(policy.quorum);
}

/**
 * The policy as Senim needs it, or the reason why it may not be used: POLICY_LOG unless all logs are keys of type 1 of one origin;
 * POLICY_WITNESS unless every witness has a key of type 4; POLICY_QUORUM unless the quorum is one group of all n witnesses with
 * k > 2n/3. With fewer, two halves of the witnesses could finish two different logs; KEY_ROLE for one key in two lines.
 */
export function requireQuorumPolicy(policy: WitnessPolicy): QuorumPolicy {
  const logKeys = policy.logs.map((log) => log.key);
  const [origin, ...others] = new Set(logKeys.map((key) => key.name));
  requireThat(
    origin !== undefined && others.length === 0 && logKeys.every((key) => key.type === NOTE_SIGNATURE),
    'POLICY_LOG',
    'The logs of a policy are keys of type 1 of one origin.',
  );
  requireThat(
    policy.witnesses.every((witness) => witness.key.type === COSIGNATURE),
    'POLICY_WITNESS',
    'The key of a witness is of type 4.',
  );
  const keys = [...logKeys, ...policy.witnesses.map((witness) => witness.key)];
  requireThat(!hasDuplicateKey(keys), 'KEY_ROLE', 'A key serves one log or one witness.');
  const needed = neededOf(policy);
  const total = policy.witnesses.length;
  requireThat(
    needed !== null && 3 * needed > 2 * total,
    'POLICY_QUORUM',
    'A quorum is more than two thirds of all witnesses.',
  );
  return { origin, logKeys, witnesses: policy.witnesses, needed, tolerated: total - needed };
}

/** k, when the quorum is one group of all witnesses or the only witness; null otherwise. */
function neededOf(policy: WitnessPolicy): number | null {
  const names = policy.witnesses.map((witness) => witness.name);
  if (names.length === 1 && policy.quorum === names[0]) return 1;
  const group = policy.groups.find((candidate) => candidate.name === policy.quorum);
  if (group === undefined || group.members.length !== names.length) return null;
  return group.members.every((member) => names.includes(member)) ? group.threshold : null;
}

/** Reads lines in order, because a name must be defined before it is used. */
class PolicyReader {
  private readonly logs: PolicyLog[] = [];
  private readonly witnesses: PolicyWitness[] = [];
  private readonly groups: PolicyGroup[] = [];
  /** Names defined so far, and whether a group already counts them. */
  private readonly names = new Map<string, 'free' | 'member'>();
  private quorum: string | null | undefined = undefined;

  readLine(words: readonly string[]): void {
    const [keyword, ...rest] = words;
    if (keyword === undefined || keyword.startsWith('#')) return;
    if (keyword === 'log') this.readLog(rest);
    else if (keyword === 'witness') this.readWitness(rest);
    else if (keyword === 'group') this.readGroup(rest);
    else if (keyword === 'quorum') this.readQuorum(rest);
    else throw new AuditFault('POLICY_MALFORMED', 'A line begins with log, witness, group or quorum.');
  }

  finish(): WitnessPolicy {
    const { logs, witnesses, groups, quorum } = this;
    requireThat(quorum !== undefined, 'POLICY_MALFORMED', 'A policy has one quorum line.');
    return { logs, witnesses, groups, quorum };
  }

  private readLog([vkey, url, ...more]: readonly string[]): void {
    requireThat(vkey !== undefined && more.length === 0, 'POLICY_MALFORMED', 'A log line is a key and perhaps a URL.');
    const key = parsePolicyKey(vkey);
    this.logs.push({ key, url: url ?? null });
    requireThat(!hasDuplicateKey(this.logs.map((log) => log.key)), 'POLICY_MALFORMED', 'No two logs have one key.');
  }

  private readWitness([name, vkey, url, ...more]: readonly string[]): void {
    requireThat(
      name !== undefined && vkey !== undefined && more.length === 0,
      'POLICY_MALFORMED',
      'A witness line is a name, a key and perhaps a URL.',
    );
    this.define(name);
    this.witnesses.push({ name, key: parsePolicyKey(vkey), url: url ?? null });
    const keys = this.witnesses.map((witness) => witness.key);
    requireThat(!hasDuplicateKey(keys), 'POLICY_MALFORMED', 'No two witnesses have one key.');
  }

  private readGroup([name, rule, ...members]: readonly string[]): void {
    requireThat(
      name !== undefined && rule !== undefined && members.length > 0,
      'POLICY_MALFORMED',
      'A group line is a name, a threshold and members.',
    );
    for (const member of members) {
      requireThat(
        this.names.get(member) === 'free',
        'POLICY_MALFORMED',
        'A member is defined before and in no other group.',
      );
      this.names.set(member, 'member');
    }
    this.define(name);
    this.groups.push({ name, threshold: parseThreshold(rule, members.length), members });
  }

  private readQuorum([name, ...more]: readonly string[]): void {
    requireThat(
      name !== undefined && more.length === 0 && this.quorum === undefined && (name === 'none' || this.names.has(name)),
      'POLICY_MALFORMED',
      'The one quorum line names none or what was defined before.',
    );
    this.quorum = name === 'none' ? null : name;
  }

  private define(name: string): void {
    requireThat(
      !RESERVED_NAMES.includes(name) && !this.names.has(name),
      'POLICY_MALFORMED',
      'A name is defined once and is not a word of the grammar.',
    );
    this.names.set(name, 'free');
  }
}

function parseThreshold(rule: string, total: number): number {
  if (rule === 'any') return 1;
  if (rule === 'all') return total;
  const threshold = /^[1-9][0-9]{0,3}$/.test(rule) ? Number(rule) : 0;
  requireThat(threshold >= 1 && threshold <= total, 'POLICY_MALFORMED', 'A threshold is 1 to the number of members.');
  return threshold;
}

function parsePolicyKey(word: string): VerifierKey {
  const vkey = decodeUtf8(Buffer.from(word, 'latin1'));
  requireThat(vkey !== null, 'KEY_MALFORMED', 'The name of a key is UTF-8.');
  const known = parseVerifierKey(vkey);
  requireThat(isInPrimeGroup(known.key.bytes), 'KEY_UNSOUND', 'A public key is a canonical point without torsion.');
  return known;
}

function hasDuplicateKey(keys: readonly VerifierKey[]): boolean {
  return keys.some((key, at) => keys.slice(0, at).some((earlier) => sameBytes(earlier.key.bytes, key.key.bytes)));
}
