// A whole joint log in memory, of real keys and real bytes: parties, witnesses, acts, checkpoints, and the bundle of a case. Tests
// tell a story with it and then tamper with what came out. Times are given by the story; salts and keys follow from words.

import { type Act, type SeenCheckpoint, signAct } from '../../../shared/audit/act';
import type { ActKind } from '../../../shared/audit/act-kind';
import type { Bundle, BundleEntry } from '../../../shared/audit/bundle-format';
import { formatCheckpoint } from '../../../shared/audit/checkpoint';
import { commitToFields, type Disclosure } from '../../../shared/audit/commitment';
import { keyIdOf } from '../../../shared/audit/ed25519';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import { leafHash, sha256 } from '../../../shared/audit/hash';
import { leafData } from '../../../shared/audit/leaf';
import { cosignLine, formatNote, signNoteLine } from '../../../shared/audit/note';
import { type KeyRole, provePossession, registerKey } from '../../../shared/audit/party-key';
import { consistencySpans, inclusionSpans } from '../../../shared/audit/proof';
import { treeRoot } from '../../../shared/audit/tree';
import { formatTrustRoot, type TrustRoot } from '../../../shared/audit/trust-root';
import { type Instant, msToInstant, parseInstant } from '../../../shared/vocabulary/instant';
import { type SigningKey, signingKey, vkeyOf } from './signing-keys';

export const ORIGIN = 'senim.example/log';
export const BANK = 'afc';
export const OPERATORS = ['kcell', 'beeline', 'tele2'] as const;
export const WITNESSES = [...OPERATORS, 'regulator'] as const;
export const CASE = '0198c0de-0000-7000-8000-000000000001';
/** The log of the stories is opened at this instant. */
export const OPENED_MS = Date.UTC(2026, 10, 23);

export const logKey = signingKey('log');
export const witnessKey = (name: string): SigningKey => signingKey(`${name} witness`);
export const actKey = (party: string): SigningKey => signingKey(`${party} act`);

export const actKeyId = (party: string): string => keyIdOf(actKey(party).publicKey);

export const instant = (text: string): Instant => {
  const parsed = parseInstant(text);
  if (!parsed.ok) throw new Error(`not an instant: ${text}`);
  return parsed.value;
};

export function policyText(rule = '3', witnesses: readonly string[] = WITNESSES): string {
  return `${[
    `log ${vkeyOf(ORIGIN, 1, logKey)}`,
    ...witnesses.map((name) => `witness ${name} ${vkeyOf(`${name}.example`, 4, witnessKey(name))}`),
    `group witnesses ${rule} ${witnesses.join(' ')}`,
    'quorum witnesses',
  ].join('\n')}\n`;
}

export function keyClaim(
  party: string,
  role: KeyRole,
  key: SigningKey,
): { role: KeyRole; key: string; possession: string } {
  const possession = encodeBase64Url(provePossession(party, role, key.privateKey));
  return { role, key: encodeBase64Url(key.publicKey), possession };
}

export function trustRoot(): TrustRoot {
  const partyOf = (code: string, witness: string | null, hasKey: boolean) => {
    const claim = keyClaim(code, 'act', actKey(code));
    return { code, witness, keys: hasKey ? [{ ...registerKey(code, claim), possession: claim.possession }] : [] };
  };
  const operators = OPERATORS.map((code) => partyOf(code, code, true));
  return {
    opened: msToInstant(OPENED_MS),
    bank: BANK,
    parties: [partyOf(BANK, null, true), ...operators, partyOf('regulator', 'regulator', false)],
  };
}

export const rootText = (): string => formatTrustRoot(trustRoot());

/** What a story says of an act; the rest follows. */
export interface ActStory {
  readonly kind: ActKind;
  readonly author?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly ref?: readonly string[];
  readonly to?: readonly string[];
  readonly caseId?: string | null;
  readonly caseSeq?: number | null;
  readonly casePrevious?: string | null;
  readonly chain?: number;
  readonly seq?: bigint;
  readonly at?: Instant;
  readonly seen?: SeenCheckpoint | null;
  readonly purpose?: string | null;
  readonly key?: SigningKey;
  readonly id?: string;
}

export interface LoggedAct {
  readonly index: bigint;
  readonly leafHash: string;
  readonly leaf: Uint8Array;
  readonly act: Act;
  readonly jws: string;
  readonly salt: Uint8Array;
  readonly disclosures: readonly Disclosure[];
}

/** How an export differs from the honest one. */
export interface ExportStory {
  readonly leaveOut?: (act: LoggedAct) => boolean;
  readonly close?: (act: LoggedAct) => boolean;
  readonly context?: readonly LoggedAct[];
  readonly withhold?: readonly string[];
}

export class TestLog {
  readonly acts: LoggedAct[] = [];
  readonly notes: { readonly size: bigint; readonly note: string; readonly final: boolean }[] = [];
  /** The story's clock. */
  nowMs = OPENED_MS + 60_000;

  /** `needed` is the quorum of the policy that the story goes with. */
  constructor(private readonly needed = 3) {}

  private salts = 0;
  private readonly seqs = new Map<string, bigint>();
  private caseSeq = 0;
  private caseHead: string | null = null;

  append(story: ActStory): LoggedAct {
    const author = story.author ?? BANK;
    const chain = story.chain ?? 0;
    const seq = story.seq ?? (this.seqs.get(`${author}/${chain}`) ?? 0n) + 1n;
    this.seqs.set(`${author}/${chain}`, seq);
    const isAside =
      story.kind === 'identity.read' || story.kind === 'suspicion.reported' || story.kind.startsWith('key.');
    const takesPlace = author === BANK && !isAside && story.caseId !== null && story.caseSeq === undefined;
    const { commitments, disclosures } = commitToFields(story.fields ?? {}, () => this.newSalt());
    const act: Act = {
      kind: story.kind,
      id: story.id ?? `0198c0de-0000-7000-8000-${this.acts.length.toString(16).padStart(12, '0')}`,
      author,
      chain,
      seq,
      caseId: story.caseId === undefined ? (story.kind.startsWith('key.') ? null : CASE) : story.caseId,
      caseSeq: story.caseSeq ?? (takesPlace ? this.caseSeq + 1 : null),
      casePrevious: story.casePrevious ?? (takesPlace ? this.caseHead : null),
      ref: story.ref ?? [],
      to: story.to ?? [],
      at: story.at ?? msToInstant(this.nowMs),
      seen: story.seen === undefined ? this.seen() : story.seen,
      purpose: story.purpose ?? null,
      commitments,
    };
    const jws = signAct(act, (story.key ?? actKey(author)).privateKey);
    const logged = this.appendSigned(act, jws, disclosures);
    if (act.caseSeq !== null && author === BANK && act.caseId === CASE) {
      this.caseSeq = act.caseSeq;
      this.caseHead = logged.leafHash;
    }
    return logged;
  }

  appendSigned(act: Act, jws: string, disclosures: readonly Disclosure[]): LoggedAct {
    const salt = this.newSalt();
    const leaf = leafData(salt, jws);
    const logged = {
      index: BigInt(this.acts.length),
      leafHash: encodeBase64Url(leafHash(leaf)),
      leaf,
      act,
      jws,
      salt,
      disclosures,
    };
    this.acts.push(logged);
    return logged;
  }

  /** The bank takes another party's act into the case. */
  receive(foreign: LoggedAct): LoggedAct {
    return this.append({ kind: 'act.received', ref: [foreign.leafHash], to: [foreign.act.author] });
  }

  snapshot(fields: Readonly<Record<string, unknown>> = {}): LoggedAct {
    const seenSize = this.seen()?.size ?? 0n;
    const seen = this.acts.filter((act) => act.index < seenSize);
    const aside = seen.filter(({ act }) => act.author === BANK && act.caseId === CASE && act.caseSeq === null).length;
    const keys = seen.filter(({ act }) => act.kind.startsWith('key.')).length;
    return this.append({
      kind: 'case.snapshot',
      fields: { count: this.caseSeq, head: this.caseHead, aside, keys, ...fields },
    });
  }

  /** Signs the tree as it is and has it cosigned, a second after the story's clock. */
  publish(
    witnesses: readonly string[] = WITNESSES,
    clockOf: (name: string) => number = () => this.nowMs + 1000,
  ): string {
    const text = formatCheckpoint({ origin: ORIGIN, size: BigInt(this.acts.length), root: this.root() });
    const lines = witnesses.map((name) =>
      cosignLine(`${name}.example`, witnessKey(name).privateKey, BigInt(Math.floor(clockOf(name) / 1000)), text),
    );
    const note = formatNote(text, [signNoteLine(ORIGIN, logKey.privateKey, text), ...lines]);
    this.notes.push({ size: BigInt(this.acts.length), note, final: witnesses.length >= this.needed });
    return note;
  }

  /** What an author knows: the newest final checkpoint. */
  seen(): SeenCheckpoint | null {
    const newest = this.notes.findLast((published) => published.final);
    return newest === undefined
      ? null
      : { size: newest.size, note: encodeBase64Url(sha256(Buffer.from(newest.note, 'utf8'))) };
  }

  wait(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  root(size = this.acts.length): Uint8Array {
    return treeRoot(this.leafHashes(size));
  }

  leafHashes(size = this.acts.length): readonly Uint8Array[] {
    return this.acts.slice(0, size).map(({ leaf }) => leafHash(leaf));
  }

  consistency(size1: bigint, size2: bigint): readonly Uint8Array[] {
    return (consistencySpans(size1, size2) ?? []).map((span) => this.spanRoot(span));
  }

  inclusion(index: bigint, size: bigint): readonly Uint8Array[] {
    return (inclusionSpans(index, size) ?? []).map((span) => this.spanRoot(span));
  }

  export(story: ExportStory = {}): Bundle {
    const { leaveOut = () => false, close = () => false, context = [], withhold = [] } = story;
    const size = this.notes.at(-1)?.size ?? 0n;
    const others = new Set(context.map((act) => act.index));
    const chosen = this.acts.filter((act) => act.index < size && !others.has(act.index) && !leaveOut(act));
    const entryOf = (act: LoggedAct, isClosed: boolean): BundleEntry => ({
      index: act.index,
      leaf: act.leaf,
      opening: isClosed
        ? null
        : { jws: act.jws, salt: act.salt, disclosed: act.disclosures.filter(({ field }) => !withhold.includes(field)) },
      proof: this.inclusion(act.index, size),
    });
    const isKey = ({ act }: LoggedAct): boolean => act.kind.startsWith('key.');
    return {
      caseId: CASE,
      checkpoints: this.notes.map((published) => published.note),
      consistency: this.notes.slice(1).map((later, at) => this.consistency(this.notes[at]?.size ?? 0n, later.size)),
      keys: chosen.filter(isKey).map((act) => entryOf(act, false)),
      entries: chosen.filter((act) => !isKey(act)).map((act) => entryOf(act, close(act))),
      context: context.map((act) => entryOf(act, true)),
    };
  }

  private spanRoot({ start, end }: { readonly start: bigint; readonly end: bigint }): Uint8Array {
    return treeRoot(this.acts.slice(Number(start), Number(end)).map(({ leaf }) => leafHash(leaf)));
  }

  private newSalt(): Uint8Array {
    this.salts += 1;
    return sha256(Buffer.from(`salt ${this.salts}`));
  }
}

/** The acts of an ordinary case, told up to the moment before its snapshot. */
export function tellCase(log: TestLog) {
  log.publish();
  log.wait(30);
  const report = log.append({
    kind: 'suspicion.reported',
    author: 'kcell',
    caseId: null,
    to: [BANK],
    fields: { msisdn: '+77011234567' },
  });
  log.receive(report);
  log.append({ kind: 'case.triaged', fields: { actor: 'INVESTIGATOR', severity: 'HIGH' } });
  log.publish();
  log.wait(60);
  log.append({
    kind: 'identity.read',
    purpose: 'INVESTIGATION',
    to: ['kcell'],
    fields: { subjects: 1, allowed: true },
  });
  const rotation = log.append({
    kind: 'key.rotated',
    author: 'beeline',
    fields: { ...keyClaim('beeline', 'act', signingKey('beeline act 2')), old: actKeyId('beeline') },
  });
  const question = log.append({ kind: 'information.requested', to: ['beeline'], fields: { questions: ['who?'] } });
  log.publish();
  log.wait(60);
  const answer = log.append({
    kind: 'information.answered',
    author: 'beeline',
    key: signingKey('beeline act 2'),
    ref: [question.leafHash],
    to: [BANK],
    fields: { answer: 'a dealer' },
  });
  log.receive(answer);
  log.append({ kind: 'decision.approved', fields: { outcome: 'CONFIRMED' } });
  const order = log.append({ kind: 'block.ordered', to: ['tele2'], fields: { msisdn: '+77011234567' } });
  log.publish();
  log.wait(60);
  const receipt = log.append({
    kind: 'block.enforced',
    author: 'tele2',
    ref: [order.leafHash],
    to: [BANK],
    fields: { outcome: 'ENFORCED' },
  });
  log.receive(receipt);
  return { report, rotation, question, answer, order, receipt };
}

/** An ordinary case, exported and final. */
export function ordinaryCase(): { readonly log: TestLog; readonly story: ReturnType<typeof tellCase> } {
  const log = new TestLog();
  const story = tellCase(log);
  log.publish();
  log.wait(60);
  log.snapshot();
  log.publish();
  return { log, story };
}
