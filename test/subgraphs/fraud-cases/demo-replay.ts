// Plays the operators of the demonstration against the bank's replay, round after round, as their own programs would: each signs what it can
// sign now, with its own key.

import { Readable } from 'node:stream';
import type { DataSource } from 'typeorm';
import type { CaseFact } from '../../../shared/vocabulary/seed-fact';
import { bankAuthor } from '../../../subgraphs/fraud-cases/log/bank-log';
import { loadBankTrust } from '../../../subgraphs/fraud-cases/log/bank-trust';
import { readOperatorLines } from '../../../subgraphs/fraud-cases/log/operator-line';
import { documentHash } from '../../../subgraphs/fraud-cases/log/order-document';
import { replayHistory, type TellingLine } from '../../../subgraphs/fraud-cases/log/replay';
import { type Ceremony, replayLine, type TestOperator } from './log-fixture';

/** One round of the bank's replay over what the operators have said. */
export async function bankRound(dataSource: DataSource, ceremony: Ceremony, lines: readonly string[]) {
  const trust = loadBankTrust({ policyFile: ceremony.policyFile, rootFile: ceremony.rootFile });
  const author = bankAuthor(trust, trust.ownKey('act', ceremony.log.ACT_KEY_FILE), null);
  const orderKey = trust.ownKey('order', ceremony.keyFile('afc', 'order'));
  const input = Readable.from(lines.map((line) => `${line}\n`));
  const said = await readOperatorLines(input, (party, keyId) => trust.keyOf(party, 'act', keyId));
  return replayHistory({ dataSource, trust, author, orderKey }, said);
}

/** Rounds until nothing waits; resolves with all lines and the number of rounds. */
export async function replayDemo(
  dataSource: DataSource,
  ceremony: Ceremony,
  operators: readonly TestOperator[],
  cases: readonly CaseFact[],
): Promise<{ readonly lines: readonly string[]; readonly rounds: number; readonly waiting: number }> {
  const lines: string[] = [];
  const signed = new Set<string>();
  let told: readonly TellingLine[] = [];
  for (let round = 1; round <= 12; round += 1) {
    for (const operator of operators) lines.push(...(await signWhatIsDue(operator, cases, told, signed)));
    const { lines: said, waiting } = await bankRound(dataSource, ceremony, lines);
    if (waiting === 0) return { lines, rounds: round, waiting };
    told = said;
  }
  return { lines, rounds: 12, waiting: -1 };
}

/** Signs what the operator did and can sign by now, in the order of time. */
export async function signWhatIsDue(
  operator: TestOperator,
  cases: readonly CaseFact[],
  told: readonly TellingLine[],
  signed: Set<string>,
): Promise<readonly string[]> {
  const { code } = operator;
  const heard = (subject: string, id: string): TellingLine | undefined =>
    told.find((line) => line.subject === subject && line.id === id && line.operatorCode === code);
  const due: { readonly at: string; readonly name: string; readonly sign: () => Promise<string> }[] = [];
  const add = (name: string, at: string, sign: () => Promise<string>): void => {
    if (!signed.has(`${code}/${name}`)) due.push({ at, name, sign });
  };
  for (const fact of cases) {
    for (const { id, reporter, receivedAt, ...rest } of fact.reports.filter(
      ({ reporter }) => reporter === `operator-${code}`,
    )) {
      const fields = { reportId: id, ...rest, assessment: null };
      add(`report:${id}`, receivedAt, async () =>
        replayLine('report', id, await operator.sign({ kind: 'suspicion.reported', at: receivedAt, fields })),
      );
    }
    for (const { id, operatorCode, answer, answeredAt } of fact.informationRequests) {
      const question = heard('information-request', id);
      if (operatorCode !== code || answeredAt === null || question === undefined) continue;
      const act = {
        kind: 'information.answered',
        at: answeredAt,
        ref: [question.leafHash],
        fields: { requestId: id, answer },
      } as const;
      add(`answer:${id}`, answeredAt, async () => replayLine('information-answer', id, await operator.sign(act)));
    }
    const check = heard('operator-check', fact.id);
    if (check !== undefined && fact.decision?.proposedBy === `operator-${code}`) {
      const { proposedAt: at, findings, proposedOutcome } = fact.decision;
      const fields = { confirmed: proposedOutcome === 'CONFIRMED', findings };
      const act = { kind: 'check.recorded', at, caseId: fact.id, ref: [check.leafHash], fields } as const;
      add(`check:${fact.id}`, at, async () => replayLine('check-result', fact.id, await operator.sign(act)));
    }
    for (const order of fact.blockOrders.filter(({ operatorCode }) => operatorCode === code)) {
      signOrder(operator, fact.id, order, heard, add);
    }
  }
  const lines: string[] = [];
  for (const { name, sign } of due.toSorted((left, right) => (left.at < right.at ? -1 : 1))) {
    signed.add(`${code}/${name}`);
    lines.push(await sign());
  }
  return lines;
}

function signOrder(
  operator: TestOperator,
  caseId: string,
  order: CaseFact['blockOrders'][number],
  heard: (subject: string, id: string) => TellingLine | undefined,
  add: (name: string, at: string, sign: () => Promise<string>) => void,
): void {
  const { id: orderId, deliveredAt, enforcedAt, liftedAt, state } = order;
  const ordered = heard('block-order', orderId);
  if (ordered?.document === null || ordered === undefined || deliveredAt === null) return;
  const { document, leafHash } = ordered;
  const orderHash = documentHash(document);
  const failed = state === 'FAILED' ? 'FAILED' : 'NOT_SERVED_HERE';
  const outcome = enforcedAt === null ? failed : state === 'PARTIALLY_ENFORCED' ? state : 'ENFORCED';
  const at = enforcedAt ?? deliveredAt;
  const sign = async (
    subject: string,
    kind: 'block.enforced' | 'block.failed' | 'lift.done',
    of: { readonly at: string; readonly leafHash: string; readonly document: string; readonly outcome: string },
  ): Promise<string> => {
    const receipt = operator.receipt(of.document, of.outcome, of.at);
    const hashes = { orderHash: documentHash(of.document), receiptHash: documentHash(receipt) };
    const fields = { orderId, outcome: of.outcome, ...hashes };
    return replayLine(
      subject,
      orderId,
      await operator.sign({ kind, caseId, at: of.at, ref: [of.leafHash], fields }),
      receipt,
    );
  };
  const kind = enforcedAt === null ? 'block.failed' : 'block.enforced';
  add(`enforcement:${orderId}`, at, () => sign('enforcement', kind, { at, leafHash, document, outcome }));
  const lift = heard('lift-order', orderId);
  if (liftedAt === null) return;
  if (state === 'EXPIRED') {
    const act = {
      kind: 'block.expired',
      caseId,
      at: liftedAt,
      ref: [leafHash],
      fields: { orderId, orderHash },
    } as const;
    add(`expiry:${orderId}`, liftedAt, async () => replayLine('lift-enforcement', orderId, await operator.sign(act)));
  } else if (lift?.document !== null && lift !== undefined) {
    const of = { at: liftedAt, leafHash: lift.leafHash, document: lift.document, outcome: 'LIFTED' };
    add(`lift:${orderId}`, liftedAt, () => sign('lift-enforcement', 'lift.done', of));
  }
}
