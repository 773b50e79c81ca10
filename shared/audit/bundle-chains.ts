// How the acts of a bundle fit together: no author contradicts itself, the case has no gap, every answer answers something, and what cannot
// be opened was erased on record. This is what makes silent omission visible: the tree proves that nothing was changed, the chains
// prove that nothing was left out.

import { encodeAct } from './act';
import { ANSWERED_KINDS, ASIDE_KINDS, RELAYED_KINDS } from './act-kind';
import type { AuditCode } from './audit-catalogue';
import { type ProvenAct, type ProvenEntry, placeOf } from './bundle-entries';
import { decodeDecimal } from './encoding';
import type { Findings } from './findings';
import { sameBytes } from './hash';

/** What the chains are made of. All lists by rising index. */
export interface ChainMaterial {
  readonly caseId: string;
  readonly bank: string;
  readonly keyActs: readonly ProvenAct[];
  readonly acts: readonly ProvenAct[];
  /** Entries of the case that cannot be opened. */
  readonly closed: readonly ProvenEntry[];
  /** Entries of other cases that are referred to. */
  readonly context: readonly ProvenEntry[];
}

/** Runs every check of the chains; findings name the entry at which a chain breaks. */
export function checkChains(material: ChainMaterial, findings: Findings): void {
  const report = (code: AuditCode, at: { readonly index: bigint }): void => findings.add('chains', code, placeOf(at));
  checkAuthors([...material.keyActs, ...material.acts], report);
  checkMembership(material, report);
  checkCaseChain(material, report);
  checkReferences(material, report);
  checkReceptions(material, report);
  checkErasures(material, report);
  checkSnapshots(material, findings, report);
}

type Report = (code: AuditCode, at: { readonly index: bigint }) => void;

/** Numbers that are missing in an author's chain between the least and the greatest seen, as spans from and to inclusive: for those who hold the whole chain. */
export function authorGaps(seqs: readonly bigint[]): readonly { readonly from: bigint; readonly to: bigint }[] {
  const sorted = [...seqs].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  return sorted.flatMap((seq, at) => {
    const before = sorted[at - 1];
    return before === undefined || seq <= before + 1n ? [] : [{ from: before + 1n, to: seq - 1n }];
  });
}

/** An author's numbers rise with the log, and no number and no act occurs twice. A case needs only some acts of a chain, so gaps are no failure here. */
function checkAuthors(acts: readonly ProvenAct[], report: Report): void {
  const ids = new Set<string>();
  for (const proven of acts) {
    if (ids.has(proven.act.id)) report('ACT_REPEATED', proven);
    ids.add(proven.act.id);
  }
  for (const chain of groupBy(acts, ({ act }) => `${act.author}/${act.chain}`)) {
    const inOrder = chain.toSorted(
      (left, right) => compare(left.act.seq, right.act.seq) || compare(left.index, right.index),
    );
    forEachPair(inOrder, (before, after) => {
      if (before.act.seq === after.act.seq)
        report(isSameAct(before, after) ? 'ACT_REPEATED' : 'AUTHOR_EQUIVOCATION', after);
      else if (before.index > after.index) report('AUTHOR_ORDER', before);
    });
  }
}

/** Every act belongs to the case; only the bank gives places; others' acts may precede the case and be taken up by it. */
function checkMembership({ caseId, bank, acts }: ChainMaterial, report: Report): void {
  for (const proven of acts) {
    const { author, kind, caseId: named, caseSeq } = proven.act;
    const isBank = author === bank;
    const isOutside = named === null && (!isBank || kind === 'erasure.performed');
    if (named !== caseId && !isOutside) report('CASE_MISMATCH', proven);
    else if ((caseSeq !== null) !== (isBank && named !== null && !ASIDE_KINDS.includes(kind)))
      report('CASE_ORDER', proven);
    if (isBank && RELAYED_KINDS.includes(kind) && isOther(proven.fields.get('actor'), bank))
      report('ON_BEHALF', proven);
  }
}

/** Places rise with the log without a gap, and each names the leaf at the place before it. A gap is explained only by closed entries in between, the last of them the named predecessor. */
function checkCaseChain(material: ChainMaterial, report: Report): void {
  const placed = placedActs(material);
  let before: ProvenAct | null = null;
  for (const proven of placed) {
    const place = proven.act.caseSeq ?? 0;
    const expected = (before?.act.caseSeq ?? 0) + 1;
    const from = before?.index ?? -1n;
    if (place < expected) {
      report(before !== null && isSameAct(before, proven) ? 'ACT_REPEATED' : 'AUTHOR_EQUIVOCATION', proven);
    } else if (proven.index < from) {
      report('CASE_ORDER', proven);
    } else if (place === expected) {
      if (before !== null && proven.act.casePrevious !== before.leafHash) report('CASE_PREVIOUS', proven);
    } else {
      const between = material.closed.filter(({ index }) => index > from && index < proven.index);
      const isNamed = between.some(({ leafHash }) => leafHash === proven.act.casePrevious);
      if (between.length < place - expected || !isNamed) report('CASE_GAP', proven);
    }
    before = proven;
  }
  const last = placed.at(-1);
  if (last?.act.kind !== 'case.snapshot') report('SNAPSHOT_MISSING', last ?? { index: 0n });
}

/** What an act refers to stands before it in the log, and an answer answers something that was put to its author. */
function checkReferences({ keyActs, acts, closed, context }: ChainMaterial, report: Report): void {
  const open = new Map([...keyActs, ...acts].map((proven) => [proven.leafHash, proven]));
  const blind = new Map([...closed, ...context].map((entry) => [entry.leafHash, entry]));
  const used = new Set<string>();
  for (const proven of acts) {
    const { ref, kind, author } = proven.act;
    for (const hash of ref) used.add(hash);
    const targets = ref.map((hash) => open.get(hash) ?? blind.get(hash));
    const answered = ANSWERED_KINDS[kind];
    const isAnswer = (hash: string): boolean => {
      const question = open.get(hash)?.act;
      if (question === undefined) return closed.some((entry) => entry.leafHash === hash);
      return (
        (answered?.includes(question.kind) ?? true) && (question.to.includes(author) || question.author === author)
      );
    };
    const isKnown = targets.every((target) => target !== undefined && target.index < proven.index);
    if (!isKnown || (answered !== undefined && !ref.some(isAnswer))) report('REF', proven);
  }
  for (const entry of context) if (!used.has(entry.leafHash)) report('CONTEXT_UNUSED', entry);
}

/** Every act of another party in the case was taken in by the bank, which is what gives it its place; and what is taken in is another's act. */
function checkReceptions({ bank, acts, closed }: ChainMaterial, report: Report): void {
  const receptions = acts.filter(({ act }) => act.author === bank && act.kind === 'act.received');
  const received = new Set(receptions.flatMap(({ act }) => act.ref));
  const foreign = acts.filter(({ act }) => act.author !== bank);
  for (const proven of foreign) {
    const mayBeErased = closed.some((entry) => entry.index > proven.index);
    if (!received.has(proven.leafHash) && !mayBeErased) report('FOREIGN_NOT_RECEIVED', proven);
  }
  const takeable = new Set([...foreign, ...closed].map((entry) => entry.leafHash));
  for (const proven of receptions) {
    if (proven.act.ref.length === 0 || !proven.act.ref.every((hash) => takeable.has(hash))) report('REF', proven);
  }
}

/** Each closed entry lies in the range of an erasure that the bank put on record after it. */
function checkErasures({ bank, acts, closed }: ChainMaterial, report: Report): void {
  const erasures = acts.filter(({ act }) => act.author === bank && act.kind === 'erasure.performed');
  for (const entry of closed) {
    const isCovered = erasures.some(
      (erasure) => erasure.index > entry.index && isInRanges(erasure.fields.get('ranges'), entry.index),
    );
    report(isCovered ? 'ERASED' : 'ERASURE_UNLOGGED', entry);
  }
}

/**
 * A snapshot is the bank's signed count of the case at its own place: `count` acts in the chain before it, the last with leaf hash `head`;
 * and of what its author could see in the log, entries below `seen.size`: `aside` acts of the bank on the case without a place,
 * `keys` changes of keys. Whoever leaves an act out of an export has to sign a false count.
 */
function checkSnapshots(material: ChainMaterial, findings: Findings, report: Report): void {
  const { caseId, bank, keyActs, acts, closed } = material;
  for (const snapshot of acts.filter(({ act }) => act.author === bank && act.kind === 'case.snapshot')) {
    const { act, fields } = snapshot;
    if (fields.get('count') !== (act.caseSeq ?? 0) - 1 || fields.get('head') !== act.casePrevious) {
      report('SNAPSHOT', snapshot);
    }
    const seenSize = act.seen?.size ?? 0n;
    const isSeen = (entry: { readonly index: bigint }): boolean => entry.index < seenSize;
    const aside = acts.filter((proven) => isAside(proven, bank, caseId) && isSeen(proven)).length;
    const erased = closed.filter(isSeen).length;
    const counted = fields.get('aside');
    const isComplete = typeof counted === 'number' && counted >= aside && counted <= aside + erased;
    if (!isComplete || fields.get('keys') !== keyActs.filter(isSeen).length) {
      findings.add('chains', 'INCOMPLETE', placeOf(snapshot));
    }
  }
}

function isAside({ act }: ProvenAct, bank: string, caseId: string): boolean {
  return act.author === bank && act.caseId === caseId && act.caseSeq === null;
}

function placedActs({ caseId, bank, acts }: ChainMaterial): readonly ProvenAct[] {
  return acts
    .filter(({ act }) => act.author === bank && act.caseId === caseId && act.caseSeq !== null)
    .toSorted(
      (left, right) => compare(left.act.caseSeq ?? 0, right.act.caseSeq ?? 0) || compare(left.index, right.index),
    );
}

/** Whether an index lies in one of the ranges `[["from", "to"], ...]`, ends included; false for any other value. */
function isInRanges(ranges: unknown, index: bigint): boolean {
  if (!Array.isArray(ranges)) return false;
  return ranges.some((range: unknown) => {
    if (!Array.isArray(range) || range.length !== 2) return false;
    const [from, to] = range.map((end: unknown) => (typeof end === 'string' ? decodeDecimal(end) : null));
    return from !== undefined && from !== null && to !== undefined && to !== null && from <= index && index <= to;
  });
}

function isOther(actor: unknown, bank: string): boolean {
  return typeof actor === 'string' && actor !== bank;
}

/** Whether two entries hold one act, however often it was signed; if not, one place holds two. */
function isSameAct(left: ProvenAct, right: ProvenAct): boolean {
  return sameBytes(encodeAct(left.act), encodeAct(right.act));
}

function groupBy(acts: readonly ProvenAct[], nameOf: (act: ProvenAct) => string): readonly (readonly ProvenAct[])[] {
  const groups = new Map<string, ProvenAct[]>();
  for (const act of acts) {
    const group = groups.get(nameOf(act)) ?? [];
    group.push(act);
    groups.set(nameOf(act), group);
  }
  return [...groups.values()];
}

function forEachPair(acts: readonly ProvenAct[], visit: (before: ProvenAct, after: ProvenAct) => void): void {
  acts.slice(1).forEach((after, at) => {
    const before = acts[at];
    if (before !== undefined) visit(before, after);
  });
}

function compare<Value extends bigint | number>(left: Value, right: Value): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
