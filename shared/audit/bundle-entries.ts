// The entries of a bundle one by one: that each stands in the log, that its signed act opens its leaf, that the act's author signed it
// with a key valid at that index, and that disclosed fields are those committed to. How entries fit together is decided elsewhere.

import { type Act, verifyAct } from './act';
import { KEY_ACT_KINDS, REQUIRED_FIELDS } from './act-kind';
import { AuditFault, requireThat } from './audit-catalogue';
import type { SignedCheckpoint } from './bundle-checkpoints';
import type { Bundle, BundleEntry, Opening } from './bundle-format';
import { type Disclosure, opensCommitment } from './commitment';
import { parseCompactJws } from './compact-jws';
import { encodeBase64Url } from './encoding';
import type { Findings } from './findings';
import { leafHash, sameBytes } from './hash';
import { leafData } from './leaf';
import type { KeyHistory } from './party-key';
import { verifyInclusion } from './proof';
import { parseStrictJson } from './strict-json';

/** An entry that is proven to be in the log. */
export interface ProvenEntry {
  readonly index: bigint;
  readonly leafHash: string;
  readonly opening: Opening | null;
}

/** An act whose author's signature was checked. */
export interface ProvenAct {
  readonly index: bigint;
  readonly leafHash: string;
  readonly act: Act;
  /** Disclosed values by field. */
  readonly fields: ReadonlyMap<string, unknown>;
}

/** The entries that stand in the tree of the newest checkpoint; for others a finding: INDEX or INCLUSION. */
export function proveEntries(
  entries: readonly BundleEntry[],
  newest: SignedCheckpoint,
  findings: Findings,
): readonly ProvenEntry[] {
  return entries.flatMap((entry) => {
    const proven = findings.attempt('inclusion', placeOf(entry), () => {
      requireThat(entry.index < newest.size, 'INDEX', 'An entry is below the size of the newest checkpoint.');
      const hash = leafHash(entry.leaf);
      const claim = { index: entry.index, size: newest.size, leafHash: hash, proof: entry.proof, root: newest.root };
      requireThat(verifyInclusion(claim), 'INCLUSION', 'An entry is in the log at its index.');
      return { index: entry.index, leafHash: encodeBase64Url(hash), opening: entry.opening };
    });
    return proven === null ? [] : [proven];
  });
}

/** Requires of every open entry that act and salt open its leaf; a finding OPENING for each that they do not. */
export function checkOpenings(bundle: Bundle, findings: Findings): void {
  for (const entry of [...bundle.keys, ...bundle.entries]) {
    const { opening } = entry;
    if (opening === null) continue;
    findings.attempt('opening', placeOf(entry), () => {
      requireThat(sameBytes(leafData(opening.salt, opening.jws), entry.leaf), 'OPENING', 'Act and salt open the leaf.');
    });
  }
}

/**
 * The changes of keys, taken into the history in the order of the log; each is judged by the keys known before it. A finding for each
 * that does not hold; it then changes nothing.
 */
export function proveKeyActs(
  entries: readonly ProvenEntry[],
  history: KeyHistory,
  findings: Findings,
): readonly ProvenAct[] {
  return entries.flatMap((entry) => {
    const proven = findings.attempt('signature', placeOf(entry), () => {
      const { proven, keyId } = proveAct(entry, history);
      const { kind, caseId } = proven.act;
      requireThat(KEY_ACT_KINDS.includes(kind) && caseId === null, 'KEY_ACT', 'Only changes of keys stand among them.');
      requireDisclosures(entry, proven);
      history.apply(proven.act, keyId, entry.index, proven.fields);
      return proven;
    });
    return proven === null ? [] : [proven];
  });
}

/** The acts whose author signed them; for others a finding. Closed entries are passed over. */
export function proveActs(
  entries: readonly ProvenEntry[],
  history: KeyHistory,
  findings: Findings,
): readonly ProvenAct[] {
  return entries.flatMap((entry) => {
    if (entry.opening === null) return [];
    const proven = findings.attempt('signature', placeOf(entry), () => proveAct(entry, history).proven);
    return proven === null ? [] : [proven];
  });
}

/** Requires that the disclosed fields of acts are those committed to, and that fields on which a judgement rests are there; a finding DISCLOSURE or DISCLOSURE_MISSING for each act where it is not so. */
export function checkDisclosures(
  entries: readonly ProvenEntry[],
  acts: readonly ProvenAct[],
  findings: Findings,
): void {
  const byIndex = new Map(acts.map((act) => [act.index, act]));
  for (const entry of entries) {
    const act = byIndex.get(entry.index);
    if (act !== undefined) findings.attempt('disclosure', placeOf(entry), () => requireDisclosures(entry, act));
  }
}

/** How findings name an entry. */
export function placeOf(entry: { readonly index: bigint }): string {
  return `entry ${entry.index}`;
}

function proveAct(entry: ProvenEntry, history: KeyHistory): { readonly proven: ProvenAct; readonly keyId: string } {
  const { opening, index, leafHash } = entry;
  if (opening === null) throw new AuditFault('SHAPE', 'A closed entry proves no act.');
  const jws = parseCompactJws(opening.jws);
  const key = history.keyAt(claimedAuthor(jws.payload), 'act', jws.kid, index);
  const fields = new Map(opening.disclosed.map(({ field, value }) => [field, value]));
  return { proven: { index, leafHash, act: verifyAct(jws, key), fields }, keyId: key.keyId };
}

/** Who a payload says it is by, before anything of it is believed: only chooses which party's key must verify it. */
function claimedAuthor(payload: Uint8Array): string {
  const value = parseStrictJson(payload, { maxBytes: 65_536, maxDepth: 3 });
  const author = typeof value === 'object' && value !== null && 'author' in value ? value.author : null;
  requireThat(typeof author === 'string', 'ACT_MALFORMED', 'An act names its author.');
  return author;
}

function requireDisclosures(entry: ProvenEntry, { act, fields }: ProvenAct): void {
  const isOpened = (disclosure: Disclosure): boolean =>
    opensCommitment(
      Object.hasOwn(act.commitments, disclosure.field) ? act.commitments[disclosure.field] : undefined,
      disclosure,
    );
  requireThat(
    entry.opening?.disclosed.every(isOpened) ?? true,
    'DISCLOSURE',
    'A disclosed field opens its commitment.',
  );
  const required = REQUIRED_FIELDS[act.kind] ?? [];
  requireThat(
    required.every((field) => fields.has(field)),
    'DISCLOSURE_MISSING',
    'What a judgement rests on is disclosed.',
  );
}
