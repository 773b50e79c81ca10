// The block status that a number's orders add up to.

import { describe, expect, it } from '@jest/globals';
import { BLOCK_ORDER_STATES, type BlockOrderState, type BlockState } from '../../../../shared/vocabulary/block-order';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import { type BlockOrder, LIVE_ORDER_STATES } from '../../../../subgraphs/fraud-cases/domain/block-order';
import { blockStatusOf } from '../../../../subgraphs/fraud-cases/domain/block-status';

const day = (number: number): Instant => msToInstant(Date.UTC(2026, 0, number));

const order = (state: BlockOrderState, changes: Partial<BlockOrder> = {}): BlockOrder => ({
  id: 'o',
  caseId: 'c',
  sequence: 1,
  msisdn: '+77011234567' as Msisdn,
  operatorCode: 'kcell' as OperatorCode,
  kind: 'CONFIRMED',
  state,
  version: 1,
  measures: ['VOICE_OUT'],
  reason: 'words of the case',
  issuedAt: day(1),
  deliveredAt: day(2),
  acknowledgedAt: day(3),
  enforcedAt: day(4),
  liftedAt: null,
  validUntil: null,
  supersededBy: null,
  liftSequence: null,
  document: null,
  receipt: null,
  liftDocument: null,
  liftReceipt: null,
  ...changes,
});

const CONFIRMED: Readonly<Record<BlockOrderState, BlockState>> = {
  PENDING_APPROVAL: 'NONE',
  ISSUED: 'BLOCK_ORDERED',
  DELIVERED: 'BLOCK_ORDERED',
  ACKNOWLEDGED: 'BLOCK_ORDERED',
  ENFORCED: 'BLOCKED',
  PARTIALLY_ENFORCED: 'PARTIALLY_BLOCKED',
  FAILED: 'BLOCK_FAILED',
  NOT_SERVED_HERE: 'BLOCK_FAILED',
  SUPERSEDED: 'NONE',
  LIFT_PENDING_APPROVAL: 'BLOCKED',
  LIFT_ISSUED: 'LIFT_ORDERED',
  LIFTED: 'UNBLOCKED',
  EXPIRED: 'UNBLOCKED',
  CANCELLED: 'NONE',
};

describe('block status', () => {
  it('of no order is NONE', () => {
    expect(blockStatusOf([])).toEqual({ state: 'NONE', since: null, until: null, reason: null, order: null });
  });

  it.each(BLOCK_ORDER_STATES)('of one confirmed order that is %s', (state) => {
    expect(blockStatusOf([order(state)]).state).toBe(CONFIRMED[state]);
  });

  it('of a temporary order in force says until when', () => {
    const temporary = order('ENFORCED', { kind: 'TEMPORARY', validUntil: day(7) });
    expect(blockStatusOf([temporary])).toMatchObject({ state: 'TEMPORARILY_BLOCKED', since: day(4), until: day(7) });
    expect(blockStatusOf([{ ...temporary, state: 'EXPIRED' }])).toMatchObject({
      state: 'UNBLOCKED',
      since: day(7),
      until: null,
    });
  });

  it.each(LIVE_ORDER_STATES)('lets a live order that is %s rule over any that ended', (state) => {
    const ended = order('LIFTED', { id: 'ended', liftedAt: day(20) });
    const live = order(state, { id: 'live' });
    for (const orders of [
      [ended, live],
      [live, ended],
    ]) {
      expect(blockStatusOf(orders).order?.id).toBe('live');
    }
  });

  it('of ended orders only is that of the one that ended last', () => {
    const first = order('LIFTED', { id: 'first', liftedAt: day(10) });
    const last = order('EXPIRED', { id: 'last', kind: 'TEMPORARY', validUntil: day(12) });
    expect(blockStatusOf([last, first])).toMatchObject({ state: 'UNBLOCKED', since: day(12), order: { id: 'last' } });
    expect(blockStatusOf([first, last]).order?.id).toBe('last');
  });

  it.each(BLOCK_ORDER_STATES)('never repeats the text of an order that is %s', (state) => {
    expect(blockStatusOf([order(state)]).reason ?? '').not.toContain('words of the case');
  });
});
