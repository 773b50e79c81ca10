// Tells the log the history of the seeded cases: walks all of them in time order, signs the bank's acts with their times in the past, and takes
// in the operators' acts where the history needs them. A case stops at the first step whose act has not come; the operators are told
// what was said so far and come again. Every step is one transaction, so a replay that was ended goes on where it stood. What an
// operator signed must say what the tables say, or the replay ends with one sentence.

import type { DataSource } from 'typeorm';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { type ActAuthor, type ActDraft, appendAct } from '../../../shared/audit-log/act-author';
import { takeInForeignAct } from '../../../shared/audit-log/foreign-act';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { AppError } from '../../../shared/vocabulary/app-error';
import { caseEvent, writeReceptionEvent } from '../store/case-event';
import { type CaseTransactions, caseTransactions } from '../store/case-transaction';
import {
  type CaseChronicle,
  hasLiveActs,
  readChronicles,
  readDoneSteps,
  readForeignChains,
} from '../store/history-reads';
import type { BankTrust } from './bank-trust';
import { timelinesOf } from './case-timeline';
import type { OperatorLine } from './operator-line';
import { documentHash, openReceipt, signOrder } from './order-document';
import { openingExpiry } from './retention';
import type { ForeignStep, OwnStep, StepName, TimelineStep } from './timeline-step';

/** What a replay needs. */
export interface ReplayOptions {
  readonly dataSource: DataSource;
  readonly trust: BankTrust;
  readonly author: ActAuthor;
  readonly orderKey: KeyPair;
}

/** What an operator has to know in order to answer. */
export interface TellingLine {
  readonly operatorCode: string;
  readonly subject: string;
  readonly id: string;
  /** Leaf hash of the bank's act, base64url. */
  readonly leafHash: string;
  /** The signed order; null where there is none. */
  readonly document: string | null;
}

/** How far a replay came. */
export interface ReplayProgress {
  /** Everything that operators have been told so far, this round's included. */
  readonly lines: readonly TellingLine[];
  /** Steps that are not in the log yet. */
  readonly waiting: number;
}

/** One round. Rejects with BAD_USER_INPUT when a line contradicts the history, or when the log holds acts that are no history. */
export async function replayHistory(
  options: ReplayOptions,
  operatorLines: readonly OperatorLine[],
): Promise<ReplayProgress> {
  const { dataSource } = options;
  const chronicles = await readChronicles(dataSource);
  if (chronicles.some(({ isTold }) => !isTold) && (await hasLiveActs(dataSource))) {
    throw new AppError('BAD_USER_INPUT', 'The log holds acts already that are no history; a replay comes before them.');
  }
  const done = new Map((await readDoneSteps(dataSource)).map((step) => [nameOf(step), step.leafHash]));
  const replay = new Replay(options, chronicles, done, new Map(await readForeignChains(dataSource)), operatorLines);
  return replay.run();
}

function nameOf({ caseId, step }: StepName): string {
  return `${caseId}/${step}`;
}

class Replay {
  private readonly transactions: CaseTransactions;
  private readonly timelines: readonly (readonly TimelineStep[])[];
  private readonly untold: Set<string>;
  /** Operators' lines by author, subject and id; the first counts. */
  private readonly lines = new Map<string, OperatorLine>();
  /** The same by author, chain and number. */
  private readonly byPlace = new Map<string, OperatorLine>();
  private readonly foreignSteps = new Map<string, ForeignStep>();
  private readonly documents = new Map<string, string>();

  constructor(
    private readonly options: ReplayOptions,
    chronicles: readonly CaseChronicle[],
    /** Leaf hashes of the steps that are in the log. */
    private readonly done: Map<string, string>,
    /** Next number of each author's chain. */
    private readonly nextSeq: Map<string, bigint>,
    operatorLines: readonly OperatorLine[],
  ) {
    this.transactions = caseTransactions(options.dataSource);
    this.timelines = timelinesOf(chronicles);
    this.untold = new Set(chronicles.filter(({ isTold }) => !isTold).map(({ fraudCase }) => fraudCase.id));
    for (const line of operatorLines) {
      const { author, chain, seq } = line.signed.act;
      const name = `${author}/${line.subject}/${line.id}`;
      if (!this.lines.has(name)) this.lines.set(name, line);
      this.byPlace.set(`${author}/${chain}/${seq}`, line);
    }
    for (const step of this.timelines.flat()) {
      if (step.does === 'FOREIGN') this.foreignSteps.set(`${step.author}/${step.subject}/${step.id}`, step);
      else if (step.document !== null) {
        this.documents.set(documentName(step.document), signOrder(step.document, options.orderKey));
      }
    }
  }

  async run(): Promise<ReplayProgress> {
    for (;;) {
      const before = this.done.size;
      await this.walk();
      // What waited for a step of another case may go on now.
      if (this.done.size === before) break;
    }
    await this.settle();
    const steps = this.timelines.flat();
    const lines = steps.flatMap((step) => (step.does === 'OWN' ? this.telling(step) : []));
    return { lines, waiting: steps.filter((step) => !this.done.has(nameOf(step))).length };
  }

  /** Once over all cases, in the order of time over all of them; a case that has to wait is left where it stands. */
  private async walk(): Promise<void> {
    const stopped = new Set<string>();
    const inTime = this.timelines
      .flat()
      .toSorted((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
    for (const step of inTime) {
      if (stopped.has(step.caseId) || this.done.has(nameOf(step))) continue;
      if (!(await this.take(step))) stopped.add(step.caseId);
    }
  }

  private take(step: TimelineStep): Promise<boolean> {
    return step.does === 'OWN' ? this.takeOwn(step) : this.takeForeign(step);
  }

  private async takeOwn(step: OwnStep): Promise<boolean> {
    const refs = step.refs.map((ref) => this.done.get(nameOf(ref)));
    const receipt = this.receiptFor(step);
    if (refs.includes(undefined) || receipt === undefined) return false;
    const document = step.document === null ? null : (this.documents.get(documentName(step.document)) ?? null);
    const { author } = this.options;
    const leafHash = await this.transactions.run(async (transaction, now) => {
      const said: ActDraft = {
        kind: step.kind,
        caseId: step.caseId,
        ref: [...new Set(refs.filter((ref) => ref !== undefined))],
        to: step.to,
        at: step.at,
        fields: {
          ...step.fields,
          ...(document === null ? {} : { orderHash: documentHash(document) }),
          ...(receipt === null ? {} : { orderHash: receipt.orderHash, receiptHash: receipt.receiptHash }),
        },
        expiresOn: openingExpiry(now),
      };
      const signed = await appendAct(transaction, author, said, (actId) => [caseEvent({ ...step, actId })]);
      if (step.document !== null) await keepDocument(transaction, step.document, document);
      return { commits: true, value: signed.leafHash };
    });
    this.done.set(nameOf(step), leafHash);
    return true;
  }

  /** Hashes of an order and its receipt, once it came and is good; null when none is awaited, undefined while it has not come. */
  private receiptFor(step: OwnStep): { readonly orderHash: string; readonly receiptHash: string } | null | undefined {
    const id = step.awaitsReceiptOf;
    if (id === null) return null;
    const enforcement = this.timelines
      .flat()
      .find((other) => other.does === 'FOREIGN' && other.subject === 'enforcement' && other.id === id);
    if (enforcement?.does !== 'FOREIGN') return null;
    const line = this.lineOf(enforcement);
    if (line === undefined) return undefined;
    return { orderHash: this.orderHashOf(enforcement), receiptHash: this.receiptHashOf(enforcement, line) };
  }

  private async takeForeign(step: ForeignStep): Promise<boolean> {
    const line = this.lineOf(step);
    if (line === undefined || !this.isAnswered(step)) return false;
    return (await this.takeEarlier(line)) && this.takeLine(step, line);
  }

  /** Acts of one chain are taken in by their numbers: what its author signed before comes first, though its own case may not be that far. */
  private async takeEarlier(line: OperatorLine): Promise<boolean> {
    const { author, chain, seq } = line.signed.act;
    for (let next = this.nextSeq.get(`${author}/${chain}`) ?? 1n; next < seq; next += 1n) {
      const earlier = this.byPlace.get(`${author}/${chain}/${next}`);
      const step = earlier && this.foreignSteps.get(`${author}/${earlier.subject}/${earlier.id}`);
      if (earlier === undefined || step === undefined || !this.isAnswered(step)) return false;
      await this.takeLine(step, earlier);
    }
    return true;
  }

  private async takeLine(step: ForeignStep, line: OperatorLine): Promise<true> {
    this.requireAgreement(step, line);
    const { author } = this.options;
    const foreign = line.signed;
    await this.transactions.run(async (transaction, now) => {
      const taking = { foreign, caseId: step.caseId, at: step.at, expiresOn: openingExpiry(now) };
      const taken = await takeInForeignAct(transaction, author, taking);
      requireFit(taken.ok && taken.value.outcome === 'TAKEN', step, 'cannot be taken in');
      await writeReceptionEvent(transaction, { foreign, caseId: step.caseId, step: step.step });
      if (step.order !== null && line.receipt !== null) await keepReceipt(transaction, step.order, line.receipt);
      return { commits: true, value: null };
    });
    const { chain, seq } = foreign.act;
    this.nextSeq.set(`${foreign.act.author}/${chain}`, seq + 1n);
    this.done.set(nameOf(step), foreign.leafHash);
    return true;
  }

  private lineOf(step: ForeignStep): OperatorLine | undefined {
    return this.lines.get(`${step.author}/${step.subject}/${step.id}`);
  }

  private isAnswered(step: ForeignStep): boolean {
    return step.answers === null || this.done.has(nameOf(step.answers));
  }

  /** What was signed is what the tables say: who, when, in answer to what, and each field. */
  private requireAgreement(step: ForeignStep, line: OperatorLine): void {
    const { act, disclosures } = line.signed;
    const fields = new Map(disclosures.map(({ field, value }) => [field, value]));
    requireFit(act.author === step.author && act.kind === step.kind, step, 'is of another kind or author');
    requireFit(act.at === step.at, step, 'has another time');
    requireFit(act.caseId === null || act.caseId === step.caseId, step, 'belongs to another case');
    requireFit(act.to.length === 1 && act.to[0] === this.options.trust.bank, step, 'is addressed to others');
    const answered = step.answers === null ? [] : [this.done.get(nameOf(step.answers))];
    requireFit(canonicalJson(act.ref) === canonicalJson(answered), step, 'answers something else');
    for (const [field, value] of Object.entries(step.expects)) {
      requireFit(
        fields.has(field) && canonicalJson(fields.get(field)) === canonicalJson(value),
        step,
        `differs in ${field}`,
      );
    }
    if (step.order === null) return;
    requireFit(fields.get('orderHash') === this.orderHashOf(step), step, 'speaks of another order');
    if (step.order.hasReceipt) {
      requireFit(fields.get('receiptHash') === this.receiptHashOf(step, line), step, 'speaks of another receipt');
    }
  }

  private orderHashOf(step: ForeignStep): string {
    const { order } = step;
    const document =
      order === null ? undefined : this.documents.get(documentName({ id: order.id, kind: order.document }));
    requireFit(document !== undefined, step, 'answers an order that was not made');
    return documentHash(document);
  }

  /** The hash of a receipt that the operator's receipt key signed for this very order and outcome. */
  private receiptHashOf(step: ForeignStep, line: OperatorLine): string {
    const { trust } = this.options;
    const text = line.receipt;
    requireFit(text !== null, step, 'comes without its receipt');
    const receipt = openReceipt(text, (keyId) => trust.keyOf(step.author, 'receipt', keyId));
    const isGood = receipt?.orderHash === this.orderHashOf(step) && receipt.outcome === step.expects.outcome;
    requireFit(isGood, step, 'comes with a receipt that is not good');
    return documentHash(text);
  }

  private telling(step: OwnStep): readonly TellingLine[] {
    const leafHash = this.done.get(nameOf(step));
    if (step.tells === null || leafHash === undefined) return [];
    const document = step.document === null ? null : (this.documents.get(documentName(step.document)) ?? null);
    return [{ ...step.tells, leafHash, document }];
  }

  /** Marks the cases whose whole history is in the log. */
  private async settle(): Promise<void> {
    const waiting = new Set(
      this.timelines.flat().flatMap((step) => (this.done.has(nameOf(step)) ? [] : [step.caseId])),
    );
    const told = [...this.untold].filter((caseId) => !waiting.has(caseId));
    await this.options.dataSource.query('UPDATE seeded_case SET is_told = true WHERE case_id = ANY($1)', [told]);
  }
}

function documentName({ id, kind }: { readonly id: string; readonly kind: 'BLOCK' | 'LIFT' }): string {
  return `${kind}/${id}`;
}

async function keepDocument(
  transaction: SqlSession,
  { id, kind }: { readonly id: string; readonly kind: 'BLOCK' | 'LIFT' },
  document: string | null,
): Promise<void> {
  const column = kind === 'BLOCK' ? 'document' : 'lift_document';
  await rowsOf(transaction, { text: `UPDATE block_order SET ${column} = $2 WHERE id = $1`, values: [id, document] });
}

async function keepReceipt(
  transaction: SqlSession,
  order: { readonly id: string; readonly document: 'BLOCK' | 'LIFT' },
  receipt: string,
): Promise<void> {
  const column = order.document === 'BLOCK' ? 'receipt' : 'lift_receipt';
  await rowsOf(transaction, {
    text: `UPDATE block_order SET ${column} = $2 WHERE id = $1`,
    values: [order.id, receipt],
  });
}

function requireFit(condition: boolean, step: StepName, what: string): asserts condition {
  if (condition) return;
  throw new AppError('BAD_USER_INPUT', `An operator's act ${what}: step ${step.step} of case ${step.caseId}.`);
}
