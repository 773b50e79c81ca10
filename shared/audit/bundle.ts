// The verification of an evidence bundle, as a table of contents: each step in its order, each relying on those before. It needs the
// file, the policy and the root of trust, and nothing else: no network, no clock, no database, no trust in whoever made the bundle.

import { type Instant, instantToMs } from '../vocabulary/instant';
import type { Act } from './act';
import { requireThat } from './audit-catalogue';
import { checkChains } from './bundle-chains';
import {
  firstFinalAbove,
  isSpread,
  readCheckpoint,
  requireConsistency,
  type SignedCheckpoint,
} from './bundle-checkpoints';
import {
  checkDisclosures,
  checkOpenings,
  type ProvenAct,
  type ProvenEntry,
  placeOf,
  proveActs,
  proveEntries,
  proveKeyActs,
} from './bundle-entries';
import { BUNDLE_LIMITS, type Bundle, parseBundle } from './bundle-format';
import { bracketActs, earliestTimeOf, type TimeBracket } from './bundle-time';
import { type Finding, Findings, type Step, type Verdict } from './findings';
import { KeyHistory } from './party-key';
import { parseTrustRoot, requireAgreement, type TrustRoot } from './trust-root';
import { parseWitnessPolicy, type QuorumPolicy, requireQuorumPolicy } from './witness-policy';

/** What is verified, and by what it is measured. */
export interface BundleInput {
  readonly bundle: Uint8Array;
  /** The policy file: which log, which witnesses, how many of them. */
  readonly policy: Uint8Array;
  /** The root of trust: which party has which keys. */
  readonly root: Uint8Array;
  /** The newest final checkpoint must be cosigned at or after this instant; null when any will do. */
  readonly notBefore?: Instant | null;
}

/** What is known of one act when all is done. */
export interface ActFact {
  readonly index: bigint;
  readonly act: Act;
  readonly bracket: TimeBracket | null;
  readonly final: boolean;
}

/**
 * What one party cannot deny. It is bound by the acts it signed, and, for existence and position, by every entry below a checkpoint
 * that its own witness cosigned.
 */
export interface PartyFact {
  readonly code: string;
  /** Acts of the bundle that it signed. */
  readonly signed: number;
  /** Entries of the bundle whose existence and position its witness confirmed. */
  readonly witnessed: number;
  readonly bound: boolean;
}

export interface BundleReport {
  readonly verdict: Verdict;
  /** Steps that were begun, in order; verification stops where going on would mean nothing. */
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  /** Null when the file could not be read. */
  readonly caseId: string | null;
  /** Entries, changes of keys included, that are proven to be in the log. */
  readonly entryCount: number;
  readonly checkpoints: readonly SignedCheckpoint[];
  readonly acts: readonly ActFact[];
  readonly parties: readonly PartyFact[];
}

/**
 * What a bundle proves. Never throws for anything in the three files; the verdict is the worst finding (findings.ts). Costs one signature check per
 * act and per line of a checkpoint.
 */
export function verifyBundle(input: BundleInput): BundleReport {
  const findings = new Findings();

  findings.step('limits', 'bundle', () => {
    requireThat(input.bundle.length <= BUNDLE_LIMITS.bytes, 'TOO_LARGE', 'A bundle is within its size.');
  });
  if (findings.failed('limits')) return conclude(findings, null, null);

  const bundle = findings.step('format', 'bundle', () => parseBundle(input.bundle));
  if (bundle === null) return conclude(findings, null, null);

  const trust = findings.step('trust', 'policy and root', () => readTrust(input));
  if (trust === null) return conclude(findings, bundle, null);

  const checkpoints =
    findings.step('notes', 'checkpoints', () => readCheckpoints(bundle, trust.policy, findings)) ?? [];
  const newest = checkpoints.at(-1);
  if (findings.failed('notes') || newest === undefined) return conclude(findings, bundle, trust);

  findings.step('consistency', 'checkpoints', () => requireConsistency(checkpoints, bundle.consistency));
  if (findings.failed('consistency')) return conclude(findings, bundle, trust, { checkpoints });

  findings.begin('inclusion');
  const keyEntries = proveEntries(bundle.keys, newest, findings);
  const entries = proveEntries(bundle.entries, newest, findings);
  const context = proveEntries(bundle.context, newest, findings);

  findings.step('opening', 'entries', () => checkOpenings(bundle, findings));

  findings.begin('signature');
  const history = new KeyHistory(trust.root.parties.map((party) => ({ party: party.code, keys: party.keys })));
  for (const key of [...trust.policy.logKeys, ...trust.policy.witnesses.map((witness) => witness.key)]) {
    history.reserve(key.key.keyId);
  }
  const keyActs = proveKeyActs(keyEntries, history, findings);
  const acts = proveActs(entries, history, findings);

  findings.step('disclosure', 'entries', () => checkDisclosures(entries, acts, findings));

  const closed = entries.filter((entry) => entry.opening === null);
  const { caseId } = bundle;
  const { bank } = trust.root;
  findings.step('chains', 'case', () => checkChains({ caseId, bank, keyActs, acts, closed, context }, findings));

  findings.begin('time');
  const openedMs = instantToMs(trust.root.opened);
  const allActs = [...keyActs, ...acts].toSorted((left, right) => (left.index < right.index ? -1 : 1));
  const brackets = bracketActs(allActs, { checkpoints, tolerated: trust.policy.tolerated, openedMs }, findings);

  findings.step('finality', 'entries', () =>
    checkFinality(bundle, checkpoints, trust.policy, input.notBefore ?? null, findings),
  );

  return conclude(findings, bundle, trust, {
    checkpoints,
    entries: [...keyEntries, ...entries],
    acts: allActs,
    brackets,
  });
}

interface Trust {
  readonly policy: QuorumPolicy;
  readonly root: TrustRoot;
}

interface Progress {
  readonly checkpoints?: readonly SignedCheckpoint[];
  readonly entries?: readonly ProvenEntry[];
  readonly acts?: readonly ProvenAct[];
  readonly brackets?: ReadonlyMap<bigint, TimeBracket>;
}

function readTrust(input: BundleInput): Trust {
  const policy = requireQuorumPolicy(parseWitnessPolicy(input.policy));
  const root = parseTrustRoot(input.root);
  requireAgreement(policy, root);
  return { policy, root };
}

function readCheckpoints(bundle: Bundle, policy: QuorumPolicy, findings: Findings): readonly SignedCheckpoint[] {
  return bundle.checkpoints.flatMap((note, at) => {
    const place = `checkpoint ${at + 1}`;
    const checkpoint = findings.attempt('notes', place, () => readCheckpoint(note, policy));
    if (checkpoint !== null && isSpread(checkpoint)) findings.add('notes', 'CLOCK_SPREAD', place);
    return checkpoint === null ? [] : [checkpoint];
  });
}

function checkFinality(
  bundle: Bundle,
  checkpoints: readonly SignedCheckpoint[],
  policy: QuorumPolicy,
  notBefore: Instant | null,
  findings: Findings,
): void {
  for (const entry of [...bundle.keys, ...bundle.entries, ...bundle.context]) {
    if (firstFinalAbove(checkpoints, entry.index) === null) findings.add('finality', 'QUORUM', placeOf(entry));
  }
  const newestFinal = checkpoints.findLast((checkpoint) => checkpoint.final);
  const timeMs = newestFinal === undefined ? null : earliestTimeOf(newestFinal, policy.tolerated);
  const isFresh = notBefore === null || (timeMs !== null && timeMs >= instantToMs(notBefore));
  requireThat(isFresh, 'STALE', 'The newest final checkpoint is as new as was asked for.');
}

function conclude(
  findings: Findings,
  bundle: Bundle | null,
  trust: Trust | null,
  progress: Progress = {},
): BundleReport {
  const { checkpoints = [], entries = [], acts = [], brackets = new Map() } = progress;
  return {
    verdict: findings.verdict(),
    steps: findings.steps,
    findings: findings.all,
    caseId: bundle?.caseId ?? null,
    entryCount: entries.length,
    checkpoints,
    acts: acts.map(({ index, act }) => ({
      index,
      act,
      bracket: brackets.get(index) ?? null,
      final: firstFinalAbove(checkpoints, index) !== null,
    })),
    parties: (trust?.root.parties ?? []).map((party) => {
      const signed = acts.filter(({ act }) => act.author === party.code).length;
      const size = largestCosigned(checkpoints, party.witness);
      const witnessed = entries.filter((entry) => entry.index < size).length;
      return { code: party.code, signed, witnessed, bound: signed > 0 || witnessed > 0 };
    }),
  };
}

function largestCosigned(checkpoints: readonly SignedCheckpoint[], witness: string | null): bigint {
  const cosigned = checkpoints.filter(({ cosignatures }) =>
    cosignatures.some((cosignature) => cosignature.witness === witness),
  );
  return cosigned.at(-1)?.size ?? 0n;
}
