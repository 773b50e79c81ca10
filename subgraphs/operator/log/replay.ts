// Signs the operator's past, as far as the bank's words on the standard input allow, and prints every own act that the bank has not
// acknowledged. An answer is signed only when the act that it answers is known by its leaf; an enforcement only upon the bank's signed
// order. May be started again at any time: what is signed stays, what is printed is printed again.

import { createInterface } from 'node:readline';
import type { PublicKey } from '../../../shared/audit/ed25519';
import { decodeBase64Url } from '../../../shared/audit/encoding';
import { HASH_SIZE } from '../../../shared/audit/hash';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import { answersOrder, type OrderDocument } from '../domain/order-document';
import type { ExecutedOrder, HistoryFact } from '../store/history-rows';
import type { HistoryStore, OrderStep, OwnAct } from '../store/history-store';
import { documentHash, openOrder, signReceipt } from './signed-document';

/** What the bank says: which of its acts an operator may answer. */
export const SAID_SUBJECTS = ['block-order', 'lift-order', 'information-request', 'operator-check'] as const;
type SaidSubject = (typeof SAID_SUBJECTS)[number];

/** What a replay needs. */
export interface ReplayParts {
  readonly operatorCode: OperatorCode;
  readonly store: HistoryStore;
  readonly receiptKey: KeyPair;
  readonly bankOrderKeys: readonly PublicKey[];
}

/** How a round ended. */
export interface ReplayRound {
  readonly signed: number;
  readonly printed: number;
  /** Facts that still wait for a word of the bank. */
  readonly waiting: number;
}

/** One round. `input` is NDJSON of the bank's words; `print` gets one line per own act. Throws one plain sentence for a line that is none, or an order that does not fit what was done. */
export async function replay(
  parts: ReplayParts,
  input: NodeJS.ReadableStream,
  print: (line: string) => void,
): Promise<ReplayRound> {
  const said = await readSaid(input);
  const signed = await signWhatCanBe(parts, said);
  const acts = (await parts.store.ownActs()).filter((act) => !said.acknowledged.has(act.actId));
  for (const act of acts) print(lineOf(act));
  return { signed, printed: acts.length, waiting: (await parts.store.unsigned()).length };
}

interface Word {
  readonly leafHash: string;
  readonly document: string | null;
}

interface Said {
  readonly words: ReadonlyMap<string, Word>;
  /** Ids of own acts. */
  readonly acknowledged: ReadonlySet<string>;
}

async function readSaid(input: NodeJS.ReadableStream): Promise<Said> {
  const words = new Map<string, Word>();
  const acknowledged = new Set<string>();
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text === '') continue;
    const sent = parseLine(text, line);
    if (sent.subject === 'act-received') acknowledged.add(sent.id);
    else words.set(nameOf(sent.subject, sent.id), sent);
  }
  return { words, acknowledged };
}

type SentLine =
  | { readonly subject: 'act-received'; readonly id: string }
  | ({ readonly subject: SaidSubject; readonly id: string } & Word);

/** A line that the bank's program printed; other members, such as the operator's code, are the launcher's matter. */
function parseLine(text: string, line: number): SentLine {
  const sent = parseObject(text);
  const { subject, id, leafHash, document } = sent ?? {};
  if (typeof id === 'string') {
    if (subject === 'act-received') return { subject, id };
    const known = SAID_SUBJECTS.find((word) => word === subject);
    const isLeaf = typeof leafHash === 'string' && decodeBase64Url(leafHash)?.length === HASH_SIZE;
    if (known !== undefined && isLeaf && (typeof document === 'string' || document === null)) {
      return { subject: known, id, leafHash, document };
    }
  }
  throw new AppError('BAD_USER_INPUT', `Line ${line} is not a word of the bank that a replay can use.`);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

interface Step {
  readonly at: string;
  readonly sign: () => Promise<void>;
}

/** In the order of their instants, so that the numbers of a chain rise with the time of its acts. Resolves with how many were signed. */
async function signWhatCanBe(parts: ReplayParts, said: Said): Promise<number> {
  const [facts, executed] = await Promise.all([parts.store.unsigned(), parts.store.executedOrders()]);
  const steps = facts.flatMap((fact) => stepsOf(parts, fact, said, executed));
  steps.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  for (const step of steps) await step.sign();
  return steps.length;
}

function stepsOf(parts: ReplayParts, fact: HistoryFact, said: Said, executed: ReadonlySet<string>): readonly Step[] {
  const { store } = parts;
  const wordOn = (subject: SaidSubject): Word | undefined => said.words.get(nameOf(subject, fact.id));
  switch (fact.kind) {
    case 'report':
      return [{ at: fact.at, sign: () => store.signReport(fact) }];
    case 'informationAnswer': {
      const question = wordOn('information-request');
      return question === undefined ? [] : [{ at: fact.at, sign: () => store.signAnswer(fact, question.leafHash) }];
    }
    case 'checkResult': {
      const check = wordOn('operator-check');
      return check === undefined ? [] : [{ at: fact.at, sign: () => store.signCheckResult(fact, check.leafHash) }];
    }
    case 'enforcement':
      return orderSteps(parts, fact.body, wordOn, executed.has(fact.id)).map((step) => ({
        at: step.at,
        sign: () => store.signOrderStep(fact.body, step),
      }));
  }
}

/** What can be signed about an order now: its execution upon the order, and its end upon the lift or by itself. */
function orderSteps(
  parts: ReplayParts,
  done: ExecutedOrder,
  wordOn: (subject: SaidSubject) => Word | undefined,
  isExecuted: boolean,
): readonly OrderStep[] {
  const ordered = wordOn('block-order');
  if (ordered === undefined || done.state === 'RECEIVED') return [];
  const order = requireOrder(parts, done, ordered, 'BLOCK');
  const steps: OrderStep[] = isExecuted ? [] : [execution(parts, done, ordered, order)];
  if (done.state !== 'LIFTED' || done.liftedAt === null) return steps;
  const end = endOf(parts, done, done.liftedAt, { word: ordered, order }, wordOn('lift-order'));
  return end === null ? steps : [...steps, end];
}

function execution(parts: ReplayParts, done: ExecutedOrder, word: Word, order: OrderDocument): OrderStep {
  const outcome = outcomeOf(done);
  const effectiveAt =
    outcome === 'ENFORCED' || outcome === 'PARTIALLY_ENFORCED' ? (done.enforcedAt ?? done.receivedAt) : null;
  const services = effectiveAt === null ? [] : done.measures;
  const isLast = done.state !== 'LIFTED';
  const at = effectiveAt ?? done.receivedAt;
  return { change: 'EXECUTED', at, isLast, ...answer(parts, word, order, { outcome, services, effectiveAt }) };
}

/** A block whose time ran out ends by itself; every other end was ordered. Null while that order is not known. */
function endOf(
  parts: ReplayParts,
  done: ExecutedOrder,
  at: OrderStep['at'],
  block: { readonly word: Word; readonly order: OrderDocument },
  lift: Word | undefined,
): OrderStep | null {
  if (block.order.validUntil === at) {
    const lapsed = answer(parts, block.word, block.order, { outcome: 'LIFTED', services: [], effectiveAt: at });
    return { ...lapsed, change: 'EXPIRED', at, isLast: true, receipt: null };
  }
  if (lift === undefined) return null;
  const order = requireOrder(parts, done, lift, 'LIFT');
  return {
    change: 'LIFTED',
    at,
    isLast: true,
    ...answer(parts, lift, order, { outcome: 'LIFTED', services: [], effectiveAt: at }),
  };
}

/** The receipt for an order, and what the act says of both. */
function answer(
  { receiptKey }: ReplayParts,
  word: Word,
  order: OrderDocument,
  done: Pick<OrderStep, 'outcome'> & {
    readonly services: ExecutedOrder['measures'];
    readonly effectiveAt: OrderStep['at'] | null;
  },
): Omit<OrderStep, 'change' | 'at' | 'isLast'> {
  const orderDocument = word.document ?? '';
  const orderHash = documentHash(orderDocument);
  const receipt = signReceipt({ orderHash, ...done }, receiptKey);
  return {
    ...done,
    sequence: order.sequence,
    validUntil: order.validUntil,
    caseId: order.caseId,
    answered: word.leafHash,
    orderDocument,
    orderHash,
    receipt: { text: receipt, hash: documentHash(receipt) },
  };
}

/** What came of the order when it was executed; that it ended or was replaced came later. */
function outcomeOf(done: ExecutedOrder): OrderStep['outcome'] {
  switch (done.state) {
    case 'PARTIALLY_ENFORCED':
    case 'FAILED':
    case 'NOT_SERVED_HERE':
      return done.state;
    default:
      return 'ENFORCED';
  }
}

function requireOrder(
  { bankOrderKeys, operatorCode }: ReplayParts,
  done: ExecutedOrder,
  word: Word,
  kind: OrderDocument['kind'],
): OrderDocument {
  const order = word.document === null ? null : openOrder(word.document, bankOrderKeys);
  const { orderId, msisdn } = done;
  const measures = kind === 'BLOCK' ? done.measures : [];
  if (order !== null && answersOrder(order, { operatorCode, orderId, msisdn, kind, measures })) return order;
  throw new AppError('BAD_USER_INPUT', `The document for order ${orderId} is not the bank's order for what was done.`);
}

function lineOf(act: OwnAct): string {
  const { subject, id, message, receipt } = act;
  return `${JSON.stringify({ subject, id, ...message, receipt })}\n`;
}

function nameOf(subject: string, id: string): string {
  return `${subject} ${id}`;
}
