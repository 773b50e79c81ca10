// What must be true of a network when everything that was ordered has been done, whatever happened meanwhile. Each rule looks into the databases
// of bank and operators, past every program, and says what is wrong in a sentence.

import { documentHash } from '../../../subgraphs/fraud-cases/log/order-document';
import type { MortalNetwork } from '../../support/mortal-network';
import type { AcknowledgedStep } from './decision-course';

const BANK = 'fraud-cases';

/** What still waits anywhere; empty when every outbox is. */
export async function unsettled(network: MortalNetwork): Promise<readonly string[]> {
  const waiting: string[] = [];
  const tell = (what: string, count: number): void => {
    if (count > 0) waiting.push(`${count} ${what}`);
  };
  const [bank] = await network.rows<Counts>(
    BANK,
    `SELECT (SELECT count(*)::int FROM order_outbox WHERE parked_at IS NULL) AS orders,
       (SELECT count(*)::int FROM order_outbox WHERE parked_at IS NOT NULL) AS parked,
       (SELECT count(*)::int FROM audit.pending) AS acts,
       (SELECT count(*)::int FROM audit.log_entry WHERE index >= coalesce((SELECT max(size) FROM audit.checkpoint_final), 0)) AS unfinal`,
  );
  tell('tasks wait in the outbox of orders', bank?.orders ?? -1);
  tell('tasks are parked in the outbox of orders', bank?.parked ?? -1);
  tell('acts of the bank wait for the sequencer', bank?.acts ?? -1);
  tell('entries of the log are not final', bank?.unfinal ?? -1);
  for (const code of network.operators) {
    const rows = await network.rows<{ readonly state: string; readonly count: number }>(
      code,
      `SELECT state, count(*)::int AS count FROM act_delivery WHERE state <> 'PROVEN' GROUP BY state`,
    );
    for (const { state, count } of rows) tell(`acts of ${code} are ${state}`, count);
  }
  return waiting;
}

/** Everything that is wrong with these cases; empty when nothing is. Requires that nothing waits any more. */
export async function wrongWith(
  network: MortalNetwork,
  caseIds: readonly string[],
  acknowledged: readonly AcknowledgedStep[],
): Promise<readonly string[]> {
  const orders = await ordersOf(network, caseIds);
  const wrong = [...(await lostSteps(network, caseIds, acknowledged, orders)), ...(await doubleActs(network, caseIds))];
  for (const code of network.operators) {
    wrong.push(
      ...(await wrongAtOperator(
        network,
        code,
        orders.filter((order) => order.operator_code === code),
      )),
    );
  }
  return wrong;
}

/** Everything that is wrong between the bank and one operator about the orders of these cases. */
export async function wrongBetween(
  network: MortalNetwork,
  code: string,
  caseIds: readonly string[],
): Promise<readonly string[]> {
  const orders = await ordersOf(network, caseIds);
  return [...(await doubleActs(network, caseIds)), ...(await wrongAtOperator(network, code, orders))];
}

function ordersOf(network: MortalNetwork, caseIds: readonly string[]): Promise<readonly OrderRow[]> {
  return network.rows<OrderRow>(
    BANK,
    `SELECT id, case_id, msisdn, operator_code, kind, state, sequence, lift_sequence, measures, receipt, lift_receipt, document,
       lift_document FROM block_order WHERE case_id = ANY ($1) ORDER BY msisdn, sequence`,
    [caseIds],
  );
}

/** Acknowledged commands without their act, acts without an acknowledged command, and what the rows of the cases say of it. */
async function lostSteps(
  network: MortalNetwork,
  caseIds: readonly string[],
  acknowledged: readonly AcknowledgedStep[],
  orders: readonly OrderRow[],
): Promise<readonly string[]> {
  const acts = await network.rows<{ readonly case_id: string; readonly kind: string; readonly count: number }>(
    BANK,
    `SELECT case_id::text, kind, count(*)::int AS count FROM audit.act WHERE author = 'afc' AND case_id = ANY ($1::uuid[]) GROUP BY 1, 2`,
    [caseIds],
  );
  const count = new Map(acts.map((act) => [`${act.case_id} ${act.kind}`, act.count]));
  const told = new Map<string, number>();
  for (const { caseId, kind } of acknowledged) add(told, `${caseId} ${kind}`);
  // A decision orders and lifts by itself: as many as the case has.
  for (const { case_id } of orders) told.set(`${case_id} block.ordered`, 0);
  for (const { case_id } of orders) add(told, `${case_id} block.ordered`);
  for (const { case_id } of orders) told.set(`${case_id} lift.ordered`, 0);
  for (const { case_id, lift_sequence } of orders) if (lift_sequence !== null) add(told, `${case_id} lift.ordered`);
  const wrong: string[] = [];
  for (const [step, times] of told) {
    const found = count.get(step) ?? 0;
    if (found !== times) wrong.push(`case ${step}: ${times} acknowledged or ordered, ${found} acts`);
  }
  const known = new Map(orders.map((order) => [order.id, order]));
  for (const { caseId, kind, orderId } of acknowledged) {
    if (orderId === null) continue;
    const order = known.get(orderId);
    if (order === undefined)
      wrong.push(`case ${caseId}: ${kind} of order ${orderId} was acknowledged, and there is none`);
    else if (kind === 'lift.ordered' && !(order.lift_sequence !== null && LIFTED.includes(order.state))) {
      wrong.push(`order ${orderId}: its lift was acknowledged, and it is ${order.state}`);
    }
  }
  const undecided = await network.rows<{ readonly id: string; readonly state: string }>(
    BANK,
    `SELECT id, state FROM fraud_case WHERE id = ANY ($1) AND state <> 'DECIDED'`,
    [caseIds],
  );
  wrong.push(...undecided.map(({ id, state }) => `case ${id}: its decision was acknowledged, and it is ${state}`));
  return wrong;
}

/** Acts that tell the same twice, receptions of one act twice, and acts that the log does not hold. */
async function doubleActs(network: MortalNetwork, caseIds: readonly string[]): Promise<readonly string[]> {
  const doubles = await network.rows<{ readonly what: string; readonly count: number }>(
    BANK,
    `WITH told AS (
       SELECT act.id, act.kind, act.author, act.case_id,
         max(convert_from(value, 'UTF8')) FILTER (WHERE field = 'orderHash') AS order_hash,
         max(convert_from(value, 'UTF8')) FILTER (WHERE field IN ('order', 'orderId')) AS order_id
       FROM audit.act LEFT JOIN audit.disclosure ON act_id = act.id
       WHERE act.case_id = ANY ($1::uuid[]) GROUP BY act.id)
     SELECT format('%s of %s about %s in case %s', kind, author, coalesce(order_hash, order_id), case_id) AS what, count(*)::int AS count
       FROM told WHERE kind LIKE 'block.%' OR kind LIKE 'lift.%'
       GROUP BY kind, author, coalesce(order_hash, order_id), case_id HAVING count(*) > 1
     UNION ALL
     SELECT format('%s in case %s', kind, case_id), count(*)::int FROM told
       WHERE author = 'afc' AND kind IN ('suspicion.reported', 'case.triaged', 'case.assigned', 'evidence.added', 'decision.approved')
       GROUP BY kind, case_id HAVING count(*) > 1
     UNION ALL
     SELECT format('reception of act %s', foreign_act_id), count(*)::int FROM audit.reception
       GROUP BY foreign_act_id HAVING count(*) > 1
     UNION ALL
     SELECT format('entry of act %s that is missing in the log', id), 0 FROM audit.act
       WHERE NOT EXISTS (SELECT FROM audit.log_entry WHERE act_id = act.id)`,
    [caseIds],
  );
  return doubles.map(({ what, count }) => `${count} times: ${what}`);
}

async function wrongAtOperator(
  network: MortalNetwork,
  code: string,
  orders: readonly OrderRow[],
): Promise<readonly string[]> {
  const numbers = [...new Set(orders.map(({ msisdn }) => msisdn))];
  const events = await network.rows<EventRow>(
    code,
    `SELECT order_id, change, outcome, order_hash, receipt, act.kind FROM enforcement_event event JOIN audit.act act ON act.id = event.act_id
     WHERE msisdn = ANY ($1)`,
    [numbers],
  );
  const held = await network.rows<HeldRow>(
    code,
    `SELECT tenure.msisdn, coalesce(state.measures, '{}') AS measures, state.order_id,
       (SELECT sequence FROM accepted_order WHERE accepted_order.msisdn = tenure.msisdn) AS accepted,
       (SELECT array_agg(order_id) FROM block_enforcement block
         WHERE block.msisdn = tenure.msisdn AND block.state IN ('ENFORCED', 'PARTIALLY_ENFORCED')) AS enforced
     FROM tenure JOIN line_contract contract ON (contract.msisdn, contract.since) = (tenure.msisdn, tenure.since) AND contract.status = 'ACTIVE'
       LEFT JOIN service_state state ON state.contract_key = contract.key
     WHERE tenure.until IS NULL AND tenure.msisdn = ANY ($1)`,
    [numbers],
  );
  return [
    ...orders.flatMap((order) => wrongWithOrder(code, order, events)),
    ...numbers.flatMap((msisdn) =>
      wrongWithNumber(
        code,
        orders.filter((order) => order.msisdn === msisdn),
        held.find((row) => row.msisdn === msisdn),
      ),
    ),
  ];
}

/** One answer and one receipt to each document, the same on both sides. */
function wrongWithOrder(code: string, order: OrderRow, events: readonly EventRow[]): readonly string[] {
  const wrong: string[] = [];
  const documents = [
    { kind: 'block', document: order.document, receipt: order.receipt },
    { kind: 'lift', document: order.lift_document, receipt: order.lift_receipt },
  ];
  for (const { kind, document, receipt } of documents) {
    const hash = document === null ? null : documentHash(document);
    const answers = events.filter(({ order_hash }) => order_hash === hash);
    if (answers.length > 1) wrong.push(`${code} executed the ${kind} of order ${order.id} ${answers.length} times`);
    const [answer] = answers;
    if (receipt !== null && answer?.receipt !== receipt) {
      wrong.push(`${code} and the bank hold different receipts for the ${kind} of order ${order.id}`);
    }
    if (answer !== undefined && receipt === null && !ENDED.includes(order.state)) {
      wrong.push(`${code} executed the ${kind} of order ${order.id}, and the bank (${order.state}) has no receipt`);
    }
  }
  if (!FINAL.includes(order.state)) wrong.push(`order ${order.id} came to rest ${order.state}`);
  return wrong;
}

/** What the highest document of a number says is so at the bank, at the operator, and in its network. */
function wrongWithNumber(code: string, orders: readonly OrderRow[], held: HeldRow | undefined): readonly string[] {
  const places = orders.flatMap((order) => [
    { order, sequence: order.sequence, isBlock: true },
    ...(order.lift_sequence === null ? [] : [{ order, sequence: order.lift_sequence, isBlock: false }]),
  ]);
  const highest = places.toSorted((one, other) => other.sequence - one.sequence)[0];
  if (highest === undefined) return [];
  const { order, isBlock, sequence } = highest;
  const named = `order ${order.id} (sequence ${sequence})`;
  if (held === undefined) return [`${code} does not serve the number of ${named}`];
  const wrong: string[] = [];
  if (!(isBlock ? AFTER_BLOCK : AFTER_LIFT).includes(order.state))
    wrong.push(`the highest, ${named}, is ${order.state} at the bank`);
  if (held.accepted !== sequence)
    wrong.push(`${code} accepted sequence ${held.accepted ?? 'none'}, the highest is ${named}`);
  const wanted = isBlock ? order.measures.toSorted().join() : '';
  if (held.measures.toSorted().join() !== wanted)
    wrong.push(`the network of ${code} holds [${held.measures.join()}] against ${named}`);
  const enforced = (held.enforced ?? []).join();
  if (enforced !== (isBlock ? order.id : '')) wrong.push(`${code} enforces [${enforced}] against ${named}`);
  return wrong;
}

const FINAL: readonly string[] = ['ENFORCED', 'LIFTED', 'SUPERSEDED', 'CANCELLED'];
/** States in which an answer may have come for nothing. */
const ENDED: readonly string[] = ['SUPERSEDED', 'CANCELLED'];
/** What a number's highest document leaves its order in. A cancelled order may have gone out: its lift follows it. */
const AFTER_BLOCK: readonly string[] = ['ENFORCED'];
const AFTER_LIFT: readonly string[] = ['LIFTED', 'CANCELLED'];

/** What an acknowledged lift comes to; a decision that confirms the fraud may overtake it with an order of its own. */
const LIFTED: readonly string[] = ['LIFTED', 'SUPERSEDED'];

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

interface Counts {
  readonly orders: number;
  readonly parked: number;
  readonly acts: number;
  readonly unfinal: number;
}

interface OrderRow {
  readonly id: string;
  readonly case_id: string;
  readonly msisdn: string;
  readonly operator_code: string;
  readonly kind: string;
  readonly state: string;
  readonly sequence: number;
  readonly lift_sequence: number | null;
  readonly measures: readonly string[];
  readonly receipt: string | null;
  readonly lift_receipt: string | null;
  readonly document: string | null;
  readonly lift_document: string | null;
}

interface EventRow {
  readonly order_id: string;
  readonly change: string;
  readonly outcome: string;
  readonly order_hash: string;
  readonly receipt: string | null;
  readonly kind: string;
}

interface HeldRow {
  readonly msisdn: string;
  readonly measures: readonly string[];
  readonly order_id: string | null;
  readonly accepted: number | null;
  readonly enforced: readonly string[] | null;
}
