// Lines: which contract speaks, what the services are, swaps, matches, windows, masks, the cap.

import { describe, expect, it } from '@jest/globals';
import { BLOCK_MEASURES, ENFORCEMENT_STATES } from '../../../../shared/vocabulary/block-order';
import type { Day } from '../../../../shared/vocabulary/day';
import type { Iin } from '../../../../shared/vocabulary/iin';
import { LINE_STATUSES } from '../../../../shared/vocabulary/line';
import { justificationInForce } from '../../../../subgraphs/operator/domain/cap-justification';
import { kycMatch } from '../../../../subgraphs/operator/domain/kyc-match';
import { contractOfTenure, isInForce, mayFollow } from '../../../../subgraphs/operator/domain/line-contract';
import { serviceStatus, servicesLeftBy } from '../../../../subgraphs/operator/domain/service-status';
import { maskSubscriber } from '../../../../subgraphs/operator/domain/subscriber';
import { deviceSwap, simSwap, swapWindow } from '../../../../subgraphs/operator/domain/swap';
import { usageWindow } from '../../../../subgraphs/operator/domain/usage-day';
import { at, CONTRACT, DEVICE, NOW } from './line-facts-fixture';

const HOLDER = { kind: 'PERSON', iin: '850505300011' as Iin, bin: null, fullName: 'Ахметов Канат' } as const;

describe('the contract of a tenure', () => {
  it('is the one in force, else the newest, else none', () => {
    const ended = { ...CONTRACT, id: 'old', status: 'DEACTIVATED' } as const;
    expect(contractOfTenure([ended, CONTRACT])?.id).toBe('c-1');
    expect(contractOfTenure([ended, { ...ended, id: 'older' }])?.id).toBe('old');
    expect(contractOfTenure([])).toBeNull();
  });

  it('goes from one state to another only where that is allowed', () => {
    const allowed = LINE_STATUSES.flatMap((from) =>
      LINE_STATUSES.filter((to) => mayFollow(from, to)).map((to) => `${from} to ${to}`),
    );
    expect(allowed).toEqual([
      'PENDING_IDENTIFICATION to IDENTIFICATION_FAILED',
      'PENDING_IDENTIFICATION to ACTIVE',
      'PENDING_IDENTIFICATION to PORTED_OUT',
      'PENDING_IDENTIFICATION to DEACTIVATED',
      'IDENTIFICATION_FAILED to PENDING_IDENTIFICATION',
      'IDENTIFICATION_FAILED to PORTED_OUT',
      'IDENTIFICATION_FAILED to DEACTIVATED',
      'ACTIVE to SUSPENDED',
      'ACTIVE to PORTED_OUT',
      'ACTIVE to DEACTIVATED',
      'SUSPENDED to ACTIVE',
      'SUSPENDED to PORTED_OUT',
      'SUSPENDED to DEACTIVATED',
      'DEACTIVATED to QUARANTINE',
    ]);
  });

  it('is in force until it is ended', () => {
    expect(LINE_STATUSES.filter(isInForce)).toEqual([
      'PENDING_IDENTIFICATION',
      'IDENTIFICATION_FAILED',
      'ACTIVE',
      'SUSPENDED',
    ]);
  });
});

describe('services', () => {
  it('are all there for an active line', () => {
    expect(serviceStatus(CONTRACT, NOW)).toEqual({
      voiceOut: 'ACTIVE',
      voiceIn: 'ACTIVE',
      smsOut: 'ACTIVE',
      smsIn: 'ACTIVE',
      data: 'ACTIVE',
      portFreeze: false,
      simSwapFreeze: false,
      reason: null,
      readAt: NOW,
    });
  });

  it('are taken measure by measure', () => {
    const status = serviceStatus({ status: 'ACTIVE', measuresInForce: ['VOICE_OUT', 'PORT_FREEZE'] }, NOW);
    expect(status).toMatchObject({ voiceOut: 'SUSPENDED', voiceIn: 'ACTIVE', portFreeze: true, simSwapFreeze: false });
    expect(status.reason).toContain('Anti-Fraud Center');
  });

  it.each(LINE_STATUSES.filter((status) => status !== 'ACTIVE'))(
    'of a line in %s are restricted, with a reason',
    (status) => {
      const services = serviceStatus({ status, measuresInForce: [] }, NOW);
      expect(services.voiceOut).toBe('SUSPENDED');
      expect(services.reason).not.toBeNull();
    },
  );

  it('let an unidentified line receive messages and reach the application', () => {
    const services = serviceStatus({ status: 'PENDING_IDENTIFICATION', measuresInForce: [] }, NOW);
    expect(services).toMatchObject({ smsIn: 'ACTIVE', data: 'THROTTLED' });
  });

  it.each(ENFORCEMENT_STATES)('as an order in state %s left them', (state) => {
    const done = { orderId: 'o', sequence: 1, measures: [...BLOCK_MEASURES], receivedAt: NOW, enforcedAt: NOW };
    const left = servicesLeftBy({ ...done, state, liftedAt: state === 'LIFTED' ? NOW : null });
    const expected = { ENFORCED: 'SUSPENDED', PARTIALLY_ENFORCED: 'SUSPENDED', LIFTED: 'ACTIVE' }[state as string];
    expect(left?.data).toBe(expected);
  });
});

describe('a swap', () => {
  const card = (issuedAt: string) => ({
    iccid: '1' as never,
    issuedAt: at(issuedAt),
    replacedAt: null,
    reason: 'LOST' as const,
  });

  it('counts to the millisecond of the asked hours', () => {
    expect(simSwap([card('2026-06-20T06:00:00.000Z')], 1, NOW)?.swapped).toBe(true);
    expect(simSwap([card('2026-06-20T05:59:59.999Z')], 1, NOW)?.swapped).toBe(false);
  });

  it('takes the latest of several and hides one before the monitored period', () => {
    expect(simSwap([card('2026-06-01T00:00:00.000Z'), card('2026-06-10T00:00:00.000Z')], 1, NOW)).toEqual({
      swapped: false,
      latestChange: '2026-06-10T00:00:00.000Z',
      monitoredPeriodDays: 100,
    });
    expect(simSwap([card('2025-01-01T00:00:00.000Z')], 2400, NOW)).toMatchObject({
      swapped: false,
      latestChange: null,
    });
  });

  it('is null without a card or a handset', () => {
    expect(simSwap([], 240, NOW)).toBeNull();
    expect(deviceSwap([], 240, NOW)).toBeNull();
    expect(deviceSwap([DEVICE], 2400, NOW)?.swapped).toBe(false);
  });

  it.each([
    [null, 240],
    [1, 1],
    [2400, 2400],
  ])('looks back over %p hours as %i', (asked, hours) => expect(swapWindow(asked)).toEqual({ ok: true, value: hours }));

  it.each([0, -1, 2401, 1.5, Number.NaN, 2 ** 31])('refuses %p hours', (asked) =>
    expect(swapWindow(asked).ok).toBe(false),
  );
});

describe('a match of the holder', () => {
  const held = { ...CONTRACT, subscriber: HOLDER };
  it('is TRUE, FALSE, or not available', () => {
    expect(kycMatch(held, HOLDER.iin)).toBe('TRUE');
    expect(kycMatch(held, '900101350122' as Iin)).toBe('FALSE');
    expect(kycMatch({ ...held, status: 'SUSPENDED' }, HOLDER.iin)).toBe('TRUE');
  });

  it.each(['PORTED_OUT', 'DEACTIVATED', 'QUARANTINE', 'PENDING_IDENTIFICATION'] as const)(
    'tells nothing in %s',
    (status) => {
      expect(kycMatch({ ...held, status }, HOLDER.iin)).toBe('NOT_AVAILABLE');
    },
  );

  it('tells nothing of legal entities and of nobody', () => {
    const entity = { kind: 'LEGAL_ENTITY', iin: null, bin: '120340001230', fullName: 'ТОО' } as const;
    expect(kycMatch({ ...CONTRACT, subscriber: entity as never }, HOLDER.iin)).toBe('NOT_AVAILABLE');
    expect(kycMatch(CONTRACT, HOLDER.iin)).toBe('NOT_AVAILABLE');
    expect(kycMatch(null, HOLDER.iin)).toBe('NOT_AVAILABLE');
  });
});

describe('a window of usage', () => {
  const window = (from: string, to: string) => usageWindow(from as Day, to as Day, NOW);
  it('may be one day, today, or ninety days', () => {
    expect(window('2026-06-20', '2026-06-20').ok).toBe(true);
    expect(window('2026-03-23', '2026-06-20').ok).toBe(true);
  });

  it.each([
    ['2026-06-20', '2026-06-19', 'BACKWARDS'],
    ['2026-03-22', '2026-06-20', 'TOO_LONG'],
    ['2026-06-20', '2026-06-21', 'IN_THE_FUTURE'],
    ['1900-01-01', '2199-12-31', 'IN_THE_FUTURE'],
  ])('from %s to %s is %s', (from, to, reason) => expect(window(from, to)).toEqual({ ok: false, error: reason }));

  it('takes today from Almaty, not from UTC', () => {
    expect(usageWindow('2026-06-21' as Day, '2026-06-21' as Day, at('2026-06-20T19:00:00.000Z')).ok).toBe(true);
    expect(usageWindow('2026-06-21' as Day, '2026-06-21' as Day, at('2026-06-20T18:59:59.999Z')).ok).toBe(false);
  });
});

describe('a masked subscriber', () => {
  it('keeps four digits and initials', () => {
    expect(maskSubscriber(HOLDER)).toEqual({ maskedIin: '********0011', maskedName: 'А***** К.' });
  });

  it('of a legal entity has no IIN and no quotation marks', () => {
    const entity = { kind: 'LEGAL_ENTITY', iin: null, bin: null, fullName: 'ТОО «Алатау»' } as const;
    expect(maskSubscriber(entity)).toEqual({ maskedIin: null, maskedName: 'Т***** А.' });
  });
});

describe('a justification in force', () => {
  const one = { id: 'a', purpose: 'FAMILY', requestedLines: 12, devices: [], decidedAt: null } as const;
  it('is approved, unexpired and the widest', () => {
    const all = [
      { ...one, status: 'REFUSED', requestedLines: 99, expiresAt: null },
      { ...one, status: 'APPROVED', requestedLines: 50, expiresAt: NOW },
      { ...one, status: 'APPROVED', requestedLines: 12, expiresAt: null },
      { ...one, status: 'APPROVED', requestedLines: 15, expiresAt: at('2026-06-20T07:00:00.001Z') },
    ] as const;
    expect(justificationInForce(all, NOW)?.requestedLines).toBe(15);
    expect(justificationInForce([], NOW)).toBeNull();
  });
});
