// Receipts as their receivers have them: how large they are, and how much work it is to verify them on one core. Every receipt is verified in
// full in front of the clock, so a figure of receipts that prove nothing cannot come out.

import type { Pool } from 'pg';
import { verifyAct } from '../../shared/audit/act';
import { parseCompactJws } from '../../shared/audit/compact-jws';
import { verifyEd25519 } from '../../shared/audit/ed25519';
import { leafHash, sameBytes } from '../../shared/audit/hash';
import {
  openReceiptCheckpoint,
  proveReceipt,
  type Receipt,
  type ReceiptCheckpoint,
  verifyReceipt,
} from '../../shared/audit/receipt';
import { parseTlogProof } from '../../shared/audit/tlog-proof';
import { treeRoot } from '../../shared/audit/tree';
import type { AuditNetwork } from './audit-network';

/** Bytes of a receipt, on average. */
export interface ReceiptSizes {
  readonly logSize: number;
  /** Proof with checkpoint and cosignatures, as text. */
  readonly proofBytes: number;
  /** Signed act and salt: what opens the leaf. */
  readonly openingBytes: number;
}

/** Verified in one second of CPU time of one core. */
export interface VerifierFigures {
  /** Signatures of log and four witnesses, inclusion, signature of the author: nothing is shared. */
  readonly aloneWithAuthor: number;
  /** The same, where each checkpoint is opened once for all receipts that name it, as in a bundle. */
  readonly sharedWithAuthor: number;
  /** Inclusion only, under a checkpoint that was opened before. */
  readonly inclusionOnly: number;
  /** Bare Ed25519 verifications of the same acts: the limit of what carries an author's signature. */
  readonly signatures: number;
}

interface StoredReceipt {
  readonly proof: Buffer;
  readonly jws: string;
  readonly salt: Buffer;
}

/** Receipts of the last `count` acts of the house. All must be final. */
export async function collectReceipts(network: AuditNetwork, count: number): Promise<readonly StoredReceipt[]> {
  const { rows } = await network.pool.query<{ act_id: string; jws: Buffer; salt: Buffer }>(
    `SELECT act_id, jws, salt FROM audit.log_entry JOIN audit.opening USING (act_id) JOIN audit.act ON id = act_id
     WHERE author = $1 ORDER BY index DESC LIMIT $2`,
    [network.author.party, count],
  );
  const receipts: StoredReceipt[] = [];
  for (const { act_id, jws, salt } of rows) {
    const receipt = await network.reads.receiptOf(act_id);
    const stored = { proof: Buffer.from(receipt?.proof ?? ''), jws: jws.toString('latin1'), salt };
    const facts = verifyReceipt(network.policy, readReceipt(stored));
    if (!facts.final) throw new Error('A receipt is not final.');
    receipts.push(stored);
  }
  return receipts;
}

/** How large receipts are. */
export async function receiptSizes(pool: Pool, receipts: readonly StoredReceipt[]): Promise<ReceiptSizes> {
  const { rows } = await pool.query<{ size: string }>('SELECT tree_size AS size FROM audit.log_state');
  const mean = (bytesOf: (receipt: StoredReceipt) => number): number =>
    Math.round(receipts.reduce((total, receipt) => total + bytesOf(receipt), 0) / receipts.length);
  return {
    logSize: Number(rows[0]?.size),
    proofBytes: mean(({ proof }) => proof.length),
    openingBytes: mean(({ jws, salt }) => jws.length + salt.length),
  };
}

/** How fast receipts are verified; each way for about `seconds`. */
export function measureVerifier(
  network: AuditNetwork,
  receipts: readonly StoredReceipt[],
  seconds: number,
): VerifierFigures {
  const { policy, actKey } = network;
  const opened = new Map<string, ReceiptCheckpoint>();
  const openOnce = (note: string): ReceiptCheckpoint => {
    const checkpoint = opened.get(note) ?? openReceiptCheckpoint(policy, note);
    opened.set(note, checkpoint);
    return checkpoint;
  };
  const authored = (jws: string): void => void verifyAct(parseCompactJws(jws), actKey.publicKey);
  const signed = receipts.map(({ jws }) => parseCompactJws(jws));
  return {
    aloneWithAuthor: perCpuSecond(receipts, seconds, (stored) => {
      verifyReceipt(policy, readReceipt(stored));
      authored(stored.jws);
    }),
    sharedWithAuthor: perCpuSecond(receipts, seconds, (stored) => {
      const receipt = readReceipt(stored);
      proveReceipt(openOnce(receipt.proof.checkpoint), receipt);
      authored(stored.jws);
    }),
    inclusionOnly: perCpuSecond(receipts, seconds, (stored) => {
      const receipt = readReceipt(stored);
      proveReceipt(openOnce(receipt.proof.checkpoint), receipt);
    }),
    signatures: perCpuSecond(signed, seconds, ({ signedBytes, signature }) => {
      if (!verifyEd25519(actKey.publicKey, signedBytes, signature)) throw new Error('A signature is wrong.');
    }),
  };
}

/** CPU seconds from the entries of the whole log to its root, which must be the one that the log names. */
export async function measureRoot(pool: Pool): Promise<{ readonly entries: number; readonly cpuSeconds: number }> {
  const { rows } = await pool.query<{ leaf: Buffer }>('SELECT leaf FROM audit.log_entry ORDER BY index');
  const { rows: state } = await pool.query<{ root: Buffer }>('SELECT root FROM audit.log_state');
  const start = process.cpuUsage();
  const root = treeRoot(rows.map(({ leaf }) => leafHash(leaf)));
  const cpuSeconds = secondsSince(start);
  if (!sameBytes(root, state[0]?.root ?? Buffer.alloc(0))) throw new Error('The root of the entries is another one.');
  return { entries: rows.length, cpuSeconds };
}

function readReceipt({ proof, jws, salt }: StoredReceipt): Receipt {
  return { proof: parseTlogProof(proof), jws, salt };
}

function perCpuSecond<Item>(items: readonly Item[], seconds: number, verify: (item: Item) => void): number {
  for (const item of items.slice(0, 200)) verify(item);
  const start = process.cpuUsage();
  let done = 0;
  while (secondsSince(start) < seconds) {
    for (const item of items.slice(0, 100)) verify(item);
    done += Math.min(100, items.length);
  }
  return done / secondsSince(start);
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000_000;
}
