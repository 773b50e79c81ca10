// S5: a block order waits because its operator is down; meanwhile the number is ported. The order comes back as not served here and is issued
// anew to the operator that serves the line today; the operator's system sees order and receipt in its feed.

import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../vocabulary/json';
import { objectIn, objectsIn } from '../dossier-answer';
import { requestPorting } from '../porting-request';
import { approve, freeNumber, INVESTIGATOR, investigate, propose, untilBlock } from './case-moves';
import { type Stage, StoryFault, textIn } from './stage';

const FROM = 'kcell';
const TO = 'tele2';
const TRIES = 5;

/** Plays S5 from kcell to tele2. */
export async function playMovedNumber(stage: Stage): Promise<void> {
  stage.narrator.tell('Kcell is down while a number of its own is confirmed as fraudulent.');
  const { caseId, msisdn } = await orderAndMove(stage);
  stage.narrator.tell(`The number now belongs to ${TO}. The order finds it gone, and follows the line.`);
  const number = await untilBlock(stage, msisdn, 'BLOCKED');
  stage.see(
    `the block in force is an order to ${TO}`,
    objectIn(objectIn(number, 'blockStatus'), 'order').operatorCode === TO,
  );
  stage.see(
    `${TO} suspended the services`,
    objectIn(objectIn(number, 'currentTenure'), 'services').voiceOut === 'SUSPENDED',
  );
  const orders = await ordersOf(stage, caseId);
  const event = await eventOf(stage, orders.find(({ operatorCode }) => operatorCode === TO)?.id);
  stage.see(
    `${TO}'s own systems find order and receipt in their feed`,
    event?.state === 'ENFORCED' && typeof event.document === 'string' && typeof event.receipt === 'string',
  );
  const first = orders.find(({ operatorCode }) => operatorCode === FROM);
  const second = orders.find(({ operatorCode }) => operatorCode === TO);
  stage.see(
    'the first order is superseded by the second',
    first?.state === 'SUPERSEDED' && objectIn(first, 'supersededBy').id === second?.id,
  );
}

/** Orders a block while the operator is down and moves the number as soon as it is back; anew with another number if the order was faster. */
async function orderAndMove(stage: Stage): Promise<{ readonly caseId: string; readonly msisdn: string }> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const { caseId, msisdn } = await investigate(stage, await freeNumber(stage, FROM));
    const version = await propose(stage, caseId);
    await stage.service('stop', FROM);
    try {
      await approve(stage, caseId, version);
      // Each refused attempt makes the next one later: the longer the operator was down, the more time there is.
      stage.narrator.tell('The order waits and is tried again and again, each time after a longer pause.');
      await sleep(DOWN_MS);
    } finally {
      await stage.service('start', FROM);
    }
    if (await move(stage, msisdn)) return { caseId, msisdn };
    stage.narrator.tell('The order was faster than the porting, and a blocked number may not leave. Once more.');
  }
  throw new StoryFault('The order was faster than the porting each time.');
}

const DOWN_MS = 8_000;
const PORTING_MS = 15_000;

async function move(stage: Stage, msisdn: string): Promise<boolean> {
  stage.narrator.act('port', `${msisdn} --to ${TO}`);
  const reply = await requestPorting(stage.network, stage.folder, { msisdn, to: TO }, PORTING_MS);
  if (reply === 'REFUSED' || reply === 'TIMEOUT') throw new StoryFault('A service of the network does not answer.');
  return reply.status === 200 || reply.status === 202;
}

/** The event of an order in its operator's feed, read from the beginning to the end. */
async function eventOf(stage: Stage, orderId: unknown): Promise<JsonObject | undefined> {
  const feed = new URL('/feed/block-orders', stage.network.subgraphs['fraud-cases'].url);
  for (let more: unknown = true; more === true; ) {
    const page = await stage.read(`operator-${TO}`, 'reads its feed of orders', feed.toString());
    const found = objectsIn(page.events).find((event) => event.orderId === orderId);
    if (found !== undefined) return found;
    more = page.more;
    feed.searchParams.set('after', textIn(page, 'next'));
  }
  return undefined;
}

async function ordersOf(stage: Stage, caseId: string): Promise<readonly JsonObject[]> {
  const { fraudCase } = await stage.ask(INVESTIGATOR, {
    what: 'reads the orders of the case',
    document:
      'query Orders($id: ID!) { fraudCase(id: $id) { blockOrders { id state operatorCode supersededBy { id } } } }',
    variables: { id: caseId },
  });
  return objectsIn(objectIn({ fraudCase: fraudCase ?? null }, 'fraudCase').blockOrders);
}
