// Whoever keeps the log, writes in it or exports from it may try these. Each is tried with every signature that the attacker can make
// being true, and is found by the code that says what happened. A number in front of a name is that of the attack in the design.

import type { AuditCode } from '../../../shared/audit/audit-catalogue';
import { type BundleReport, verifyBundle } from '../../../shared/audit/bundle';
import { type Bundle, type BundleEntry, formatBundle } from '../../../shared/audit/bundle-format';
import { formatCheckpoint } from '../../../shared/audit/checkpoint';
import { encodeBase64, encodeBase64Url } from '../../../shared/audit/encoding';
import type { Verdict } from '../../../shared/audit/findings';
import { sha256 } from '../../../shared/audit/hash';
import { leafData } from '../../../shared/audit/leaf';
import { cosignLine, formatNote, signNoteLine } from '../../../shared/audit/note';
import { formatTrustRoot } from '../../../shared/audit/trust-root';
import { msToInstant } from '../../../shared/vocabulary/instant';
import { signingKey, vkeyOf } from './signing-keys';
import {
  actKey,
  actKeyId,
  BANK,
  type ExportStory,
  instant,
  keyClaim,
  type LoggedAct,
  logKey,
  OPENED_MS,
  ORIGIN,
  ordinaryCase,
  policyText,
  rootText,
  TestLog,
  tellCase,
  trustRoot,
  WITNESSES,
  witnessKey,
} from './test-log';

const policy = Buffer.from(policyText());
const root = Buffer.from(rootText());

function verify(
  bundle: Bundle,
  by: { readonly policy?: string; readonly root?: string; readonly notBefore?: string } = {},
): BundleReport {
  return verifyBundle({
    bundle: Buffer.from(formatBundle(bundle)),
    policy: by.policy === undefined ? policy : Buffer.from(by.policy),
    root: by.root === undefined ? root : Buffer.from(by.root),
    notBefore: by.notBefore === undefined ? null : instant(by.notBefore),
  });
}

/** Verdict and codes, each once, in the order found. */
function outcome(report: BundleReport): readonly [Verdict, ...AuditCode[]] {
  return [report.verdict, ...new Set(report.findings.map(({ code }) => code))];
}

/** The story up to its last act, then something else, then snapshot and checkpoint: the way an insider writes. */
function insider(
  tamper: (log: TestLog, story: ReturnType<typeof tellCase>) => void,
  exporting: ExportStory = {},
): BundleReport {
  const log = new TestLog();
  const story = tellCase(log);
  tamper(log, story);
  log.publish();
  log.wait(60);
  log.snapshot();
  log.publish();
  return verify(log.export(exporting));
}

/** The honest bundle, changed afterwards: the way an exporter tampers. */
function exporter(change: (bundle: Bundle, log: TestLog) => Bundle, exporting: ExportStory = {}): BundleReport {
  const { log } = ordinaryCase();
  return verify(change(log.export(exporting), log));
}

const replaceEntry = (bundle: Bundle, index: bigint, change: (entry: BundleEntry) => Partial<BundleEntry>): Bundle => ({
  ...bundle,
  entries: bundle.entries.map((entry) => (entry.index === index ? { ...entry, ...change(entry) } : entry)),
});
const without = (kind: string) => (act: LoggedAct) => act.act.kind === kind;
const withLastNote = (bundle: Bundle, note: string): Bundle => ({
  ...bundle,
  checkpoints: bundle.checkpoints.with(-1, note),
});

/** A note over any text by the log and these witnesses. */
function noteOver(text: string, witnesses: readonly string[], seconds = BigInt(OPENED_MS / 1000 + 400)): string {
  const lines = witnesses.map((name) => cosignLine(`${name}.example`, witnessKey(name).privateKey, seconds, text));
  return formatNote(text, [signNoteLine(ORIGIN, logKey.privateKey, text), ...lines]);
}

test('what is honest is VALID, so that every verdict below is the attack', () => {
  expect(outcome(insider(() => undefined))).toEqual(['VALID']);
  expect(outcome(exporter((bundle) => bundle))).toEqual(['VALID']);
});

describe('contents', () => {
  test('1: the stored act is edited', () => {
    const report = exporter((bundle, log) => {
      const other = log.acts[3];
      return replaceEntry(bundle, 2n, ({ opening }) => ({
        opening: opening === null || other === undefined ? opening : { ...opening, jws: other.jws },
      }));
    });
    expect(report.findings[0]).toEqual({ step: 'opening', code: 'OPENING', place: 'entry 2' });
    expect(report.verdict).toBe('INVALID');
  });

  test('2: act and leaf are edited together, the old checkpoint is kept', () => {
    const report = exporter((bundle, log) => {
      const jws = log.acts[3]?.jws ?? '';
      return replaceEntry(bundle, 2n, ({ opening }) => {
        const salt = opening?.salt ?? Buffer.alloc(32);
        return { leaf: leafData(salt, jws), opening: { jws, salt, disclosed: [] } };
      });
    });
    expect(report.findings[0]).toEqual({ step: 'inclusion', code: 'INCLUSION', place: 'entry 2' });
  });

  test('5: two entries are swapped after they became final', () => {
    const report = exporter((bundle) => {
      const [first, second] = [bundle.entries[1], bundle.entries[2]];
      if (first === undefined || second === undefined) throw new Error('the story has these entries');
      const entries = bundle.entries
        .with(1, { ...second, index: first.index })
        .with(2, { ...first, index: second.index });
      return { ...bundle, entries };
    });
    expect(outcome(report)).toContain('INCLUSION');
  });

  test('5: two entries are swapped before they become final', () => {
    const report = insider((log) => {
      const first = log.append({ kind: 'evidence.added' });
      const second = log.append({ kind: 'loss.recorded' });
      const [index1, index2] = [Number(first.index), Number(second.index)];
      log.acts[index1] = { ...second, index: first.index };
      log.acts[index2] = { ...first, index: second.index };
    });
    expect(outcome(report)).toEqual(['INVALID', 'AUTHOR_ORDER', 'CASE_ORDER']);
  });

  test('33: an inner node is passed off as a leaf', () => {
    const { log } = ordinaryCase();
    const bundle = log.export();
    const pair = Buffer.concat(log.leafHashes().slice(0, 2));
    const file = formatBundle(bundle).replace(
      `"leaf":"${encodeBase64Url(bundle.entries[0]?.leaf ?? pair)}"`,
      `"leaf":"${encodeBase64Url(pair)}"`,
    );
    const report = verifyBundle({ bundle: Buffer.from(file), policy, root });
    expect(outcome(report)).toEqual(['INVALID', 'LEAF']);
  });

  test.each<[string, (proof: readonly Uint8Array[]) => readonly Uint8Array[]]>([
    ['truncated', (proof) => proof.slice(0, -1)],
    ['padded', (proof) => [...proof, Buffer.alloc(32)]],
    ['reordered', (proof) => proof.toReversed()],
    ['doubled', (proof) => [...proof, ...proof]],
    ['emptied', () => []],
  ])('34: a proof is %s', (_, change) => {
    const report = exporter((bundle) => replaceEntry(bundle, 3n, ({ proof }) => ({ proof: change(proof) })));
    expect(report.findings[0]).toEqual({ step: 'inclusion', code: 'INCLUSION', place: 'entry 3' });
  });

  test('34: a proof is made for a tree of another size', () => {
    const report = exporter((bundle, log) =>
      replaceEntry(bundle, 3n, () => ({ proof: log.inclusion(3n, BigInt(log.acts.length - 1)) })),
    );
    expect(outcome(report)).toContain('INCLUSION');
  });

  test('34: an index is not below the size', () => {
    const report = exporter((bundle) => ({
      ...bundle,
      entries: bundle.entries.map((entry) => ({ ...entry, index: entry.index + 100n })),
    }));
    expect(outcome(report)).toContain('INDEX');
  });
});

describe('checkpoints', () => {
  test('3: the log signs another root for a size it already signed', () => {
    const report = exporter((bundle, log) => {
      const size = BigInt(log.acts.length);
      const text = formatCheckpoint({ origin: ORIGIN, size, root: log.root(log.acts.length - 1) });
      return {
        ...bundle,
        checkpoints: [...bundle.checkpoints, noteOver(text, [])],
        consistency: [...bundle.consistency, []],
      };
    });
    expect(outcome(report)).toEqual(['EQUIVOCATION', 'LOG_EQUIVOCATION']);
  });

  test('4: the log signs a larger tree that does not extend the old one', () => {
    const report = exporter((bundle, log) => {
      const text = formatCheckpoint({ origin: ORIGIN, size: 20n, root: Buffer.alloc(32, 7) });
      const proof = log.consistency(4n, BigInt(log.acts.length));
      return {
        ...bundle,
        checkpoints: [...bundle.checkpoints, noteOver(text, [])],
        consistency: [...bundle.consistency, proof],
      };
    });
    expect(outcome(report)).toEqual(['INVALID', 'CONSISTENCY']);
  });

  test('6: the newest entries are cut off', () => {
    const { log, story } = ordinaryCase();
    const shorter = new TestLog();
    tellCase(shorter);
    shorter.acts.pop();
    shorter.publish();
    const report = verify(shorter.export());
    expect(outcome(report)).toEqual(['INVALID', 'SNAPSHOT_MISSING', 'FOREIGN_NOT_RECEIVED']);
    expect(shorter.consistency(BigInt(log.acts.length), BigInt(shorter.acts.length))).toEqual([]);
    expect(story.receipt.index).toBeLessThan(BigInt(log.acts.length));
  });

  test('9, 57: too few witnesses cosigned, whatever the database says', () => {
    const log = new TestLog();
    tellCase(log);
    log.snapshot();
    log.publish(['kcell', 'tele2']);
    const report = verify(log.export());
    expect(outcome(report)).toEqual(['VALID_NOT_FINAL', 'QUORUM']);
    expect(report.findings.map(({ place }) => place)).toEqual(['entry 10', 'entry 11', 'entry 12']);
  });

  test('10: the policy asks for fewer witnesses than can be safe', () => {
    const { log } = ordinaryCase();
    expect(outcome(verify(log.export(), { policy: policyText('2') }))).toEqual(['INVALID', 'POLICY_QUORUM']);
  });

  test('11: an old bundle is shown as the newest state', () => {
    const { log } = ordinaryCase();
    expect(outcome(verify(log.export(), { notBefore: '2026-11-23T00:05:00Z' }))).toEqual(['VALID']);
    expect(outcome(verify(log.export(), { notBefore: '2026-11-24T00:00:00Z' }))).toEqual(['INVALID', 'STALE']);
  });

  test('17: the log changes the time of a cosignature', () => {
    const report = exporter((bundle) => {
      const note = bundle.checkpoints.at(-1) ?? '';
      const line = note.split('\n').at(-2) ?? '';
      const blob = Buffer.from(line.split(' ')[2] ?? '', 'base64');
      blob.writeBigUInt64BE(blob.readBigUInt64BE(4) - 3600n, 4);
      return withLastNote(bundle, note.replace(line, [...line.split(' ').slice(0, 2), encodeBase64(blob)].join(' ')));
    });
    expect(outcome(report)).toEqual(['INVALID', 'NOTE_SIGNATURE']);
  });

  test('26: a cosignature is copied from a checkpoint of another size', () => {
    const report = exporter((bundle) => {
      const [earlier, last] = [bundle.checkpoints.at(-2) ?? '', bundle.checkpoints.at(-1) ?? ''];
      return withLastNote(bundle, last.replace(last.split('\n').at(-2) ?? '', earlier.split('\n').at(-2) ?? ''));
    });
    expect(outcome(report)).toEqual(['INVALID', 'NOTE_SIGNATURE']);
  });

  test('26: a checkpoint is of another log', () => {
    const report = exporter((bundle, log) => {
      const text = formatCheckpoint({ origin: 'other.example/log', size: BigInt(log.acts.length), root: log.root() });
      return withLastNote(bundle, noteOver(text, WITNESSES));
    });
    expect(outcome(report)).toEqual(['INVALID', 'LOG_SIGNATURE']);
  });

  test('26: only witnesses signed a checkpoint, not the log', () => {
    const report = exporter((bundle) =>
      withLastNote(bundle, (bundle.checkpoints.at(-1) ?? '').replace(/\n\n\u2014 senim[^\n]*\n/, '\n\n')),
    );
    expect(outcome(report)).toEqual(['INVALID', 'LOG_SIGNATURE']);
  });

  test('27: a witness stands twice in a note to fill the quorum', () => {
    const report = exporter((bundle) => {
      const note = bundle.checkpoints.at(-1) ?? '';
      return withLastNote(bundle, `${note}${note.split('\n').at(-2)}\n`);
    });
    expect(outcome(report)).toEqual(['MALFORMED', 'NOTE_STRANGER']);
  });

  test('27: two witnesses of the policy have one key', () => {
    const { log } = ordinaryCase();
    const twice = policyText().replace(
      vkeyOf('tele2.example', 4, witnessKey('tele2')),
      vkeyOf('tele2.example', 4, witnessKey('kcell')),
    );
    expect(outcome(verify(log.export(), { policy: twice }))).toEqual(['MALFORMED', 'POLICY_MALFORMED']);
  });

  test('29: a stranger signs a note as well', () => {
    const report = exporter((bundle) => {
      const note = bundle.checkpoints.at(-1) ?? '';
      const text = note.slice(0, note.indexOf('\n\n') + 1);
      return withLastNote(bundle, note + cosignLine('stranger.example', signingKey('stranger').privateKey, 5n, text));
    });
    expect(outcome(report)).toEqual(['MALFORMED', 'NOTE_STRANGER']);
  });

  test('32: an extension line is added before cosigning', () => {
    const report = exporter((bundle) => {
      const note = bundle.checkpoints.at(-1) ?? '';
      return withLastNote(bundle, noteOver(`${note.slice(0, note.indexOf('\n\n') + 1)}extension\n`, WITNESSES));
    });
    expect(outcome(report)).toEqual(['MALFORMED', 'CHECKPOINT_MALFORMED']);
  });

  test('37: the empty tree has another root', () => {
    const report = exporter((bundle) => {
      const text = formatCheckpoint({ origin: ORIGIN, size: 0n, root: Buffer.alloc(32, 1) });
      return { ...bundle, checkpoints: bundle.checkpoints.with(0, noteOver(text, WITNESSES)) };
    });
    expect(outcome(report)).toEqual(['INVALID', 'EMPTY_TREE_ROOT']);
  });

  test('a checkpoint stands twice, or sizes fall', () => {
    const twice = exporter((bundle) => ({
      ...bundle,
      checkpoints: [...bundle.checkpoints, bundle.checkpoints.at(-1) ?? ''],
      consistency: [...bundle.consistency, []],
    }));
    expect(outcome(twice)).toEqual(['MALFORMED', 'SHAPE']);
    const falling = exporter((bundle) => ({ ...bundle, checkpoints: bundle.checkpoints.toReversed() }));
    expect(outcome(falling)).toEqual(['MALFORMED', 'SHAPE']);
  });
});

describe('keys', () => {
  test('19: everything is signed by keys of the attacker', () => {
    const report = exporter((bundle, log) => {
      const text = formatCheckpoint({ origin: ORIGIN, size: BigInt(log.acts.length), root: log.root() });
      return withLastNote(bundle, formatNote(text, [signNoteLine(ORIGIN, signingKey('attacker').privateKey, text)]));
    });
    expect(outcome(report)).toEqual(['MALFORMED', 'NOTE_STRANGER']);
  });

  test('19: an act is signed by a key that nobody registered, or by the key of another party', () => {
    const stranger = insider((log) => log.append({ kind: 'evidence.added', key: signingKey('attacker') }));
    expect(outcome(stranger)).toEqual(['INVALID', 'KEY_UNKNOWN', 'CASE_GAP']);
    const other = insider((log) =>
      log.receive(log.append({ kind: 'check.recorded', author: 'kcell', key: actKey(BANK) })),
    );
    expect(outcome(other)).toEqual(['INVALID', 'KEY_UNKNOWN', 'REF']);
  });

  test('20: a key of the policy is replaced by another with the same name', () => {
    const { log } = ordinaryCase();
    const replaced = policyText().replace(
      vkeyOf('kcell.example', 4, witnessKey('kcell')),
      vkeyOf('kcell.example', 4, signingKey('attacker')),
    );
    expect(outcome(verify(log.export(), { policy: replaced }))).toEqual(['MALFORMED', 'NOTE_STRANGER']);
  });

  test('21: a key of small order is registered', () => {
    const identity = Buffer.alloc(32);
    identity[0] = 1;
    const report = insider((log) => {
      const fields = { role: 'act', key: encodeBase64Url(identity), possession: encodeBase64Url(Buffer.alloc(64)) };
      log.append({ kind: 'key.added', author: 'kcell', fields });
    });
    expect(outcome(report)).toEqual(['INVALID', 'KEY_UNSOUND', 'INCOMPLETE']);
  });

  test('24: a key signs before it is added, after it is rotated, after it is revoked', () => {
    const second = signingKey('kcell act 2');
    const before = insider((log) => {
      log.receive(log.append({ kind: 'check.recorded', author: 'kcell', key: second }));
      log.append({ kind: 'key.added', author: 'kcell', fields: keyClaim('kcell', 'act', second) });
    });
    expect(outcome(before)).toEqual(['INVALID', 'KEY_RANGE', 'REF']);
    const rotated = insider((log) => {
      log.append({
        kind: 'key.rotated',
        author: 'kcell',
        fields: { ...keyClaim('kcell', 'act', second), old: actKeyId('kcell') },
      });
      log.receive(log.append({ kind: 'check.recorded', author: 'kcell' }));
    });
    expect(outcome(rotated)).toEqual(['INVALID', 'KEY_RANGE', 'REF']);
    const revoked = insider((log) => {
      log.append({ kind: 'key.revoked', author: 'kcell', fields: { role: 'act', old: actKeyId('kcell') } });
      log.receive(log.append({ kind: 'check.recorded', author: 'kcell' }));
    });
    expect(outcome(revoked)).toEqual(['INVALID', 'KEY_RANGE', 'REF']);
  });

  test('24: a key added and a key rotated are good from the next entry on', () => {
    const second = signingKey('kcell act 2');
    const report = insider((log) => {
      log.append({ kind: 'key.added', author: 'kcell', fields: keyClaim('kcell', 'act', second) });
      log.receive(log.append({ kind: 'check.recorded', author: 'kcell', key: second }));
      log.receive(log.append({ kind: 'check.recorded', author: 'kcell' }));
    });
    expect(outcome(report)).toEqual(['VALID']);
  });

  test('24: the export leaves a revocation out', () => {
    const second = signingKey('kcell act 2');
    const report = insider(
      (log) => {
        log.append({ kind: 'key.added', author: 'kcell', fields: keyClaim('kcell', 'act', second) });
        log.append({ kind: 'key.revoked', author: 'kcell', fields: { role: 'act', old: actKeyId('kcell') } });
      },
      { leaveOut: without('key.revoked') },
    );
    expect(outcome(report)).toEqual(['INVALID', 'INCOMPLETE']);
  });

  test('the bank registers a key for an operator, or revokes one', () => {
    const added = insider((log) => {
      log.append({ kind: 'key.added', author: BANK, fields: keyClaim('kcell', 'act', signingKey('forged')) });
    });
    expect(outcome(added)).toEqual(['INVALID', 'KEY_POSSESSION', 'INCOMPLETE']);
    const revoked = insider((log) => {
      log.append({ kind: 'key.revoked', author: BANK, fields: { role: 'act', old: actKeyId('kcell') } });
    });
    expect(outcome(revoked)).toEqual(['INVALID', 'KEY_ACT', 'INCOMPLETE']);
  });

  test("a key is registered without its private half, or copied from another party's registration", () => {
    const report = insider((log) => {
      log.append({ kind: 'key.added', author: 'kcell', fields: keyClaim('tele2', 'act', signingKey('tele2 act 2')) });
    });
    expect(outcome(report)).toEqual(['INVALID', 'KEY_POSSESSION', 'INCOMPLETE']);
  });

  test('a rotation is signed by another key than the one it retires', () => {
    const report = insider((log) => {
      const [second, third] = [signingKey('kcell act 2'), signingKey('kcell act 3')];
      log.append({ kind: 'key.added', author: 'kcell', fields: keyClaim('kcell', 'act', second) });
      log.append({
        kind: 'key.rotated',
        author: 'kcell',
        key: second,
        fields: { ...keyClaim('kcell', 'act', third), old: actKeyId('kcell') },
      });
    });
    expect(outcome(report)).toEqual(['INVALID', 'KEY_ACT', 'INCOMPLETE']);
  });

  test('25: a witness key is registered as act key, in an act or in the root', () => {
    const report = insider((log) => {
      log.append({ kind: 'key.added', author: 'kcell', fields: keyClaim('kcell', 'act', witnessKey('kcell')) });
    });
    expect(outcome(report)).toEqual(['INVALID', 'KEY_ROLE', 'INCOMPLETE']);
    const { log } = ordinaryCase();
    const shared = policyText().replace(
      vkeyOf('kcell.example', 4, witnessKey('kcell')),
      vkeyOf('kcell.example', 4, actKey('kcell')),
    );
    expect(outcome(verify(log.export(), { policy: shared }))).toEqual(['INVALID', 'KEY_ROLE']);
  });

  test('25: a log key is offered as witness key', () => {
    const { log } = ordinaryCase();
    const shared = policyText().replace(
      vkeyOf('kcell.example', 4, witnessKey('kcell')),
      vkeyOf('kcell.example', 4, logKey),
    );
    expect(outcome(verify(log.export(), { policy: shared }))).toEqual(['INVALID', 'KEY_ROLE']);
  });

  test('the bank runs a witness, or a party two', () => {
    const { log } = ordinaryCase();
    const honest = trustRoot();
    const withWitness = (code: string, witness: string | null) =>
      formatTrustRoot({
        ...honest,
        parties: honest.parties.map((party) => (party.code === code ? { ...party, witness } : party)),
      });
    expect(outcome(verify(log.export(), { root: withWitness(BANK, 'regulator') }))).toEqual([
      'INVALID',
      'POLICY_WITNESS',
    ]);
    expect(outcome(verify(log.export(), { root: withWitness('tele2', 'kcell') }))).toEqual([
      'INVALID',
      'POLICY_WITNESS',
    ]);
    expect(outcome(verify(log.export(), { root: withWitness('tele2', null) }))).toEqual(['INVALID', 'POLICY_WITNESS']);
  });
});

describe('time', () => {
  const dayBefore = msToInstant(OPENED_MS - 86_400_000);

  test('15: an act is dated a day earlier', () => {
    expect(outcome(insider((log) => log.append({ kind: 'evidence.added', at: dayBefore })))).toEqual([
      'INVALID',
      'TIME_OUT_OF_BRACKET',
    ]);
  });
  test('15: an act is dated earlier, and its author pretends to have seen nothing', () => {
    const report = insider((log) => log.append({ kind: 'evidence.added', at: dayBefore, seen: null }));
    expect(outcome(report)).toEqual(['INVALID', 'BACKFILLED', 'SEEN_BACKWARD']);
  });
  test('15: an act is dated earlier, and its author names an older checkpoint', () => {
    const report = insider((log) => {
      const [oldest] = log.notes;
      if (oldest === undefined) throw new Error('the story has a checkpoint');
      const early = new TestLog();
      early.publish();
      log.append({ kind: 'evidence.added', at: msToInstant(OPENED_MS + 61_000), seen: early.seen() });
    });
    expect(outcome(report)).toEqual(['INVALID', 'SEEN_BACKWARD']);
  });
  test('16: an act is dated later', () => {
    const report = insider((log) => log.append({ kind: 'evidence.added', at: msToInstant(OPENED_MS + 86_400_000) }));
    expect(outcome(report)).toEqual(['INVALID', 'TIME_OUT_OF_BRACKET']);
  });
  test('16: an author claims to have seen what nobody signed, or what covers its own act', () => {
    const unknown = insider((log) => {
      const seen = log.seen();
      log.append({ kind: 'evidence.added', seen: { size: (seen?.size ?? 0n) + 1n, note: seen?.note ?? '' } });
    });
    expect(outcome(unknown)).toEqual(['INVALID', 'SEEN_UNKNOWN']);
    const notFinal = insider((log) => {
      log.publish(['kcell']);
      const seen = log.notes.at(-1);
      const note = encodeBase64Url(sha256(Buffer.from(seen?.note ?? '')));
      log.append({ kind: 'evidence.added', seen: { size: seen?.size ?? 0n, note } });
    });
    expect(outcome(notFinal)).toEqual(['INVALID', 'SEEN_UNKNOWN']);
  });
  test.each([365, -365])('18: the clock of one witness is %d days off', (days) => {
    const log = new TestLog();
    tellCase(log);
    const clockOf = (name: string): number => log.nowMs + 1000 + (name === 'tele2' ? days * 86_400_000 : 0);
    log.publish(WITNESSES, clockOf);
    log.wait(60);
    log.snapshot();
    log.publish(WITNESSES, clockOf);
    const report = verify(log.export());
    expect(outcome(report)).toEqual(['VALID', 'CLOCK_SPREAD']);
    expect(report.acts.at(-1)?.bracket).toEqual({ earliestMs: log.nowMs - 59_000, latestMs: log.nowMs + 1000 });
  });
  test('history that was replayed when the log was opened is BACKFILLED and VALID', () => {
    const log = new TestLog();
    const at = msToInstant(OPENED_MS - 86_400_000 * 30);
    const report = log.append({ kind: 'suspicion.reported', author: 'kcell', caseId: null, at, seen: null });
    log.append({ kind: 'act.received', ref: [report.leafHash], at, seen: null });
    log.append({ kind: 'case.triaged', at, seen: null });
    log.publish();
    log.wait(60);
    log.snapshot();
    log.publish();
    const verified = verify(log.export());
    expect(outcome(verified)).toEqual(['VALID', 'BACKFILLED']);
    expect(verified.findings.map(({ place }) => place)).toEqual(['entry 0', 'entry 1', 'entry 2']);
  });
  test('an author that had seen nothing yet is told so', () => {
    const log = new TestLog();
    log.append({ kind: 'case.triaged' });
    log.publish();
    log.wait(60);
    log.snapshot();
    log.publish();
    expect(outcome(verify(log.export()))).toEqual(['VALID', 'OPEN_BELOW']);
  });
});

describe('chains and completeness', () => {
  test('46: an author signs two acts for one number', () => {
    const report = insider((log) => {
      log.receive(log.append({ kind: 'check.recorded', author: 'kcell', fields: { confirmed: true } }));
      log.receive(log.append({ kind: 'check.recorded', author: 'kcell', seq: 2n, fields: { confirmed: false } }));
    });
    expect(outcome(report)).toEqual(['EQUIVOCATION', 'AUTHOR_EQUIVOCATION']);
  });
  test('46: the bank signs two acts for one place of the case', () => {
    const report = insider((log) => {
      const first = log.append({ kind: 'decision.rejected' });
      log.append({ kind: 'decision.approved', caseSeq: first.act.caseSeq, casePrevious: first.act.casePrevious });
    });
    expect(outcome(report)).toEqual(['EQUIVOCATION', 'AUTHOR_EQUIVOCATION']);
  });
  test('46: two acts under one identifier and number are a contradiction, not a repetition', () => {
    const report = insider((log) => {
      const first = log.append({ kind: 'check.recorded', author: 'kcell', fields: { confirmed: true } });
      log.receive(first);
      log.receive(
        log.append({
          kind: 'check.recorded',
          author: 'kcell',
          seq: 2n,
          id: first.act.id,
          fields: { confirmed: false },
        }),
      );
    });
    expect(outcome(report)).toEqual(['EQUIVOCATION', 'ACT_REPEATED', 'AUTHOR_EQUIVOCATION']);
  });
  test('one act is logged twice', () => {
    const report = insider((log, { answer }) => {
      log.receive(log.appendSigned(answer.act, answer.jws, answer.disclosures));
    });
    expect(outcome(report)).toEqual(['INVALID', 'ACT_REPEATED']);
  });
  test('47: the export leaves out an act of the case', () => {
    const report = exporter((bundle) => bundle, { leaveOut: without('decision.approved') });
    expect(outcome(report)).toEqual(['INVALID', 'CASE_GAP']);
  });
  test('48: the export leaves out its end', () => {
    expect(outcome(exporter((bundle) => bundle, { leaveOut: without('case.snapshot') }))).toEqual([
      'INVALID',
      'SNAPSHOT_MISSING',
    ]);
  });
  test('48: the export leaves out a look at a person', () => {
    expect(outcome(exporter((bundle) => bundle, { leaveOut: without('identity.read') }))).toEqual([
      'INVALID',
      'INCOMPLETE',
    ]);
  });
  test("48: the export leaves out another party's act", () => {
    expect(outcome(exporter((bundle) => bundle, { leaveOut: without('information.answered') }))).toEqual([
      'INVALID',
      'REF',
    ]);
  });
  test.each([
    ['count', 3, 'SNAPSHOT'],
    ['head', 'A'.repeat(43), 'SNAPSHOT'],
    ['aside', 0, 'INCOMPLETE'],
    ['keys', 0, 'INCOMPLETE'],
  ])('48: the bank signs a false %s', (field, value, code) => {
    const log = new TestLog();
    tellCase(log);
    log.publish();
    log.wait(60);
    log.snapshot({ [field]: value });
    log.publish();
    expect(outcome(verify(log.export()))).toEqual(['INVALID', code]);
  });
  test('48: the snapshot keeps its counts to itself', () => {
    expect(outcome(exporter((bundle) => bundle, { withhold: ['count'] }))).toEqual([
      'INVALID',
      'DISCLOSURE_MISSING',
      'SNAPSHOT',
    ]);
  });
  test("49: another case's act stands in this case", () => {
    const other = '0198c0de-0000-7000-8000-0000000000ff';
    const foreign = insider((log) => log.append({ kind: 'evidence.added', caseId: other, caseSeq: 1 }));
    expect(outcome(foreign)).toEqual(['INVALID', 'CASE_MISMATCH']);
    const replayed = insider((log) => log.append({ kind: 'evidence.added', casePrevious: 'A'.repeat(43) }));
    expect(outcome(replayed)).toEqual(['INVALID', 'CASE_PREVIOUS']);
  });
  test('a party other than the bank gives itself a place, or the bank acts without one', () => {
    const foreign = insider((log) => log.receive(log.append({ kind: 'check.recorded', author: 'kcell', caseSeq: 1 })));
    expect(outcome(foreign)).toEqual(['INVALID', 'CASE_ORDER']);
    const placeless = insider((log) => log.append({ kind: 'evidence.added', caseSeq: null }));
    expect(outcome(placeless)).toEqual(['INVALID', 'CASE_ORDER']);
  });
  test('the bank never took in an act that is shown', () => {
    expect(outcome(insider((log) => log.append({ kind: 'check.recorded', author: 'kcell' })))).toEqual([
      'INVALID',
      'FOREIGN_NOT_RECEIVED',
    ]);
  });

  test('50: an operator cannot deny the order it answered, nor one below a checkpoint that its witness cosigned', () => {
    const { log, story } = ordinaryCase();
    const report = verify(log.export());
    expect(report.parties.find(({ code }) => code === 'tele2')).toMatchObject({ signed: 1, bound: true });
    const absent = new TestLog();
    absent.publish(['kcell', 'beeline', 'regulator']);
    absent.append({ kind: 'block.ordered', to: ['tele2'] });
    absent.snapshot();
    absent.publish(['kcell', 'beeline', 'regulator']);
    expect(verify(absent.export()).parties.find(({ code }) => code === 'tele2')).toEqual({
      code: 'tele2',
      signed: 0,
      witnessed: 0,
      bound: false,
    });
    expect(story.order.act.to).toEqual(['tele2']);
  });

  test.each<
    [string, (story: ReturnType<typeof tellCase>, log: TestLog) => { ref: readonly string[]; author?: string }]
  >([
    ['to nothing', () => ({ ref: [] })],
    ['to what is not in the log', () => ({ ref: ['A'.repeat(43)] })],
    ['to an act of another kind', ({ question }) => ({ ref: [question.leafHash] })],
    ['to an order for another operator', ({ order }) => ({ ref: [order.leafHash], author: 'kcell' })],
  ])('51: an operator confirms, with a reference %s', (_, refer) => {
    const report = insider((log, story) => {
      const { ref, author = 'tele2' } = refer(story, log);
      log.receive(log.append({ kind: 'block.enforced', author, ref }));
    });
    expect(outcome(report)).toEqual(['INVALID', 'REF']);
  });

  test('a reference points ahead', () => {
    const report = insider((log) => {
      const ahead = log.append({ kind: 'evidence.added' });
      const at = Number(ahead.index);
      const before = log.append({ kind: 'loss.recorded', ref: [ahead.leafHash] });
      log.acts[at] = { ...before, index: ahead.index };
      log.acts[at + 1] = { ...ahead, index: before.index };
    });
    expect(outcome(report)).toContain('REF');
  });

  test('an act of another case is shown to exist without being opened', () => {
    const log = new TestLog();
    tellCase(log);
    const other = log.append({ kind: 'case.closed', caseId: '0198c0de-0000-7000-8000-0000000000ff', caseSeq: 1 });
    log.append({
      kind: 'case.merged',
      ref: [other.leafHash],
      caseSeq: 8,
      casePrevious: log.acts[Number(other.index) - 1]?.leafHash ?? null,
    });
    log.publish();
    log.wait(60);
    log.snapshot();
    log.publish();
    expect(outcome(verify(log.export({ context: [other] })))).toEqual(['VALID']);
    expect(outcome(verify(log.export({ leaveOut: (act) => act.index === other.index })))).toEqual(['INVALID', 'REF']);
  });

  test('a closed entry that nothing refers to is refused', () => {
    const { log } = ordinaryCase();
    const [, , triage] = log.acts;
    expect(triage).toBeDefined();
    const report = verify(log.export({ context: triage === undefined ? [] : [triage] }));
    expect(outcome(report)).toContain('CONTEXT_UNUSED');
  });

  test('what the bank signs for an organisation without a key is said to be so', () => {
    const report = insider((log) =>
      log.append({ kind: 'suspicion.reported', to: [BANK], fields: { actor: 'bank-1' } }),
    );
    expect(outcome(report)).toEqual(['VALID', 'ON_BEHALF']);
  });
});

describe('disclosure and erasure', () => {
  test('53: another value, another field or another salt is disclosed', () => {
    const change = (
      disclose: (
        field: string,
        salt: Uint8Array,
        value: unknown,
      ) => { field: string; salt: Uint8Array; value: unknown },
    ) =>
      exporter((bundle) =>
        replaceEntry(bundle, 0n, ({ opening }) => ({
          opening:
            opening === null
              ? null
              : {
                  ...opening,
                  disclosed: opening.disclosed.map(({ field, salt, value }) => disclose(field, salt, value)),
                },
        })),
      );
    expect(outcome(change((field, salt) => ({ field, salt, value: '+77011234568' })))).toEqual([
      'INVALID',
      'DISCLOSURE',
    ]);
    expect(outcome(change((_, salt, value) => ({ field: 'victim', salt, value })))).toEqual(['INVALID', 'DISCLOSURE']);
    expect(outcome(change((field, _, value) => ({ field, salt: Buffer.alloc(32), value })))).toEqual([
      'INVALID',
      'DISCLOSURE',
    ]);
    expect(outcome(change((_, salt, value) => ({ field: 'constructor', salt, value })))).toEqual([
      'INVALID',
      'DISCLOSURE',
    ]);
  });

  test('fields may be kept back', () => {
    expect(outcome(exporter((bundle) => bundle, { withhold: ['msisdn', 'answer'] }))).toEqual(['VALID']);
  });

  test('54: what was erased on record leaves every proof valid', () => {
    const closed = (act: LoggedAct): boolean =>
      ['case.triaged', 'identity.read', 'decision.approved'].includes(act.act.kind);
    const report = insider(
      (log) =>
        log.append({
          kind: 'erasure.performed',
          fields: {
            ranges: [
              ['2', '3'],
              ['8', '8'],
            ],
            basis: 'retention',
          },
        }),
      { close: closed },
    );
    expect(outcome(report)).toEqual(['VALID', 'ERASED']);
    expect(report.findings.map(({ place }) => place)).toEqual(['entry 2', 'entry 3', 'entry 8']);
  });

  test('54: an entry is closed and no erasure names it', () => {
    const triaged = exporter((bundle) => bundle, { close: without('case.triaged') });
    expect(outcome(triaged)).toEqual(['INVALID', 'ERASURE_UNLOGGED']);
    const beside = insider(
      (log) => log.append({ kind: 'erasure.performed', fields: { ranges: [['3', '8']], basis: 'retention' } }),
      {
        close: without('case.triaged'),
      },
    );
    expect(outcome(beside)).toEqual(['INVALID', 'ERASURE_UNLOGGED']);
  });

  test('54: a closed entry cannot stand for two missing acts', () => {
    const report = insider(
      (log) => log.append({ kind: 'erasure.performed', fields: { ranges: [['8', '9']], basis: 'retention' } }),
      { close: without('decision.approved'), leaveOut: without('act.received') },
    );
    expect(outcome(report)).toContain('CASE_GAP');
  });
});
