import { readCheckpoint } from '../../../shared/audit/bundle-checkpoints';
import { importPublicKey } from '../../../shared/audit/ed25519';
import { isPromiseBroken, signPromise, verifyPromise } from '../../../shared/audit/promise';
import { verifyReceipt } from '../../../shared/audit/receipt';
import { formatTlogProof, parseTlogProof } from '../../../shared/audit/tlog-proof';
import { parseWitnessPolicy, requireQuorumPolicy } from '../../../shared/audit/witness-policy';
import { msToInstant } from '../../../shared/vocabulary/instant';
import { refusalOf } from './audit-fault';
import { signingKey } from './signing-keys';
import { actKey, BANK, ordinaryCase, policyText, TestLog } from './test-log';

const policy = requireQuorumPolicy(parseWitnessPolicy(Buffer.from(policyText())));
const { log } = ordinaryCase();
const size = BigInt(log.acts.length);
const note = log.notes.at(-1)?.note ?? '';
const receiptOf = (at: number, checkpoint = note) => {
  const act = log.acts[at];
  if (act === undefined) throw new Error('the story has this act');
  const text = formatTlogProof({ extra: null, index: act.index, proof: log.inclusion(act.index, size), checkpoint });
  return { proof: parseTlogProof(Buffer.from(text)), jws: act.jws, salt: act.salt };
};

describe('a receipt', () => {
  test('proves where an act stands and whether that is final', () => {
    expect(verifyReceipt(policy, receiptOf(4))).toEqual({
      index: 4n,
      size,
      witnesses: ['kcell', 'beeline', 'tele2', 'regulator'],
      final: true,
    });
  });
  test('of a checkpoint without a quorum is not final', () => {
    const few = new TestLog();
    few.append({ kind: 'case.triaged' });
    const act = few.acts[0];
    const text = formatTlogProof({ extra: null, index: 0n, proof: [], checkpoint: few.publish(['kcell', 'tele2']) });
    const receipt = {
      proof: parseTlogProof(Buffer.from(text)),
      jws: act?.jws ?? '',
      salt: act?.salt ?? Buffer.alloc(0),
    };
    expect(verifyReceipt(policy, receipt)).toMatchObject({ final: false, witnesses: ['kcell', 'tele2'] });
  });
  test('of another act, another salt, another place or another log is refused', () => {
    const receipt = receiptOf(4);
    expect(refusalOf(() => verifyReceipt(policy, { ...receipt, jws: log.acts[5]?.jws ?? '' }))).toBe('INCLUSION');
    expect(refusalOf(() => verifyReceipt(policy, { ...receipt, salt: Buffer.alloc(32) }))).toBe('INCLUSION');
    expect(refusalOf(() => verifyReceipt(policy, { ...receipt, proof: { ...receipt.proof, index: 5n } }))).toBe(
      'INCLUSION',
    );
    expect(refusalOf(() => verifyReceipt(policy, receiptOf(4, note.replace('senim', 'other'))))).not.toBeNull();
    const unsigned = note.replace(/\n\n\u2014 senim[^\n]*\n/, '\n\n');
    expect(refusalOf(() => verifyReceipt(policy, receiptOf(4, unsigned)))).toBe('LOG_SIGNATURE');
  });
});

describe('a promise', () => {
  const key = actKey(BANK);
  const due = msToInstant(log.nowMs - 30_000);
  const promised = { leafHash: log.acts[4]?.leafHash ?? '', due };
  const jws = signPromise(promised, key.privateKey);
  const checkpoint = readCheckpoint(note, policy);

  test('is read by the key that made it, and by no other', () => {
    expect(verifyPromise(jws, importPublicKey(key.publicKey))).toEqual(promised);
    expect(refusalOf(() => verifyPromise(jws, importPublicKey(signingKey('other').publicKey)))).toBe('JWS_SIGNATURE');
    expect(refusalOf(() => verifyPromise(log.acts[4]?.jws ?? '', importPublicKey(key.publicKey)))).toBe('JWS_TYPE');
  });
  test('is broken when a final checkpoint after its time does not hold the leaf', () => {
    const lost = { leafHash: 'A'.repeat(43), due };
    expect(isPromiseBroken(lost, checkpoint, log.leafHashes(), 1)).toBe(true);
    expect(isPromiseBroken(promised, checkpoint, log.leafHashes(), 1)).toBe(false);
  });
  test('is not shown to be broken before its time, by an unfinished checkpoint or by other hashes', () => {
    const lost = { leafHash: 'A'.repeat(43), due };
    expect(isPromiseBroken({ ...lost, due: msToInstant(log.nowMs + 60_000) }, checkpoint, log.leafHashes(), 1)).toBe(
      false,
    );
    expect(isPromiseBroken(lost, { ...checkpoint, final: false }, log.leafHashes(), 1)).toBe(false);
    expect(isPromiseBroken(lost, checkpoint, log.leafHashes().slice(1), 1)).toBe(false);
    expect(isPromiseBroken(lost, checkpoint, log.leafHashes().toReversed(), 1)).toBe(false);
  });
});
