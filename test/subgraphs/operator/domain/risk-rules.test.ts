// Each rule of risk: what it measures, its edge, and when it has nothing to say.

import { describe, expect, it } from '@jest/globals';
import type { Imei } from '../../../../shared/vocabulary/imei';
import type { LineFacts } from '../../../../subgraphs/operator/domain/line-facts';
import { assessRisk, type RiskIndicator } from '../../../../subgraphs/operator/domain/risk-assessment';
import { DEFAULT_RISK_RULES, type RiskCode } from '../../../../subgraphs/operator/domain/risk-rule-set';
import { at, CONTRACT, DEVICE, daysOf, line } from './line-facts-fixture';

const indicator = (facts: LineFacts, code: RiskCode): RiskIndicator | undefined =>
  assessRisk(facts, DEFAULT_RISK_RULES).indicators.find((fired) => fired.code === code);
const severity = (facts: LineFacts, code: RiskCode): string => indicator(facts, code)?.severity ?? 'none';
const days = (measures: Parameters<typeof daysOf>[0]): LineFacts => line({ days: daysOf(measures) });

describe('an ordinary line', () => {
  it('fires nothing and is LOW', () => {
    const assessment = assessRisk(line(), DEFAULT_RISK_RULES);
    expect(assessment.indicators).toEqual([]);
    expect(assessment.level).toBe('LOW');
  });

  it('is LOW without any traffic, device or card', () => {
    expect(assessRisk(line({ days: [], devices: [], holderLines: null }), DEFAULT_RISK_RULES).level).toBe('LOW');
  });
});

describe('traffic', () => {
  it.each([
    [50, 'none'],
    [51, 'MEDIUM'],
    [100, 'MEDIUM'],
    [101, 'HIGH'],
  ])('%i outgoing calls on the busiest day are %s', (callsOut, expected) => {
    expect(severity(days({ callsOut, distinctCallees: callsOut }), 'OUT_CALLS_DAY')).toBe(expected);
  });

  it('counts the busiest of the last seven days and no older one', () => {
    const [oldest, ...rest] = daysOf({}, 8);
    const busy = { ...daysOf({ callsOut: 200, distinctCallees: 180 }, 1)[0], day: oldest?.day };
    expect(severity(line({ days: [busy as never, ...rest] }), 'OUT_CALLS_DAY')).toBe('none');
  });

  it('does not take many calls to a handful of numbers for mass calling', () => {
    expect(severity(days({ callsOut: 500, distinctCallees: 5, callsIn: 0, smsIn: 0 }), 'OUT_CALLS_DAY')).toBe('none');
    expect(severity(days({ callsOut: 500, distinctCallees: 5, callsIn: 0, smsIn: 0 }), 'NO_INCOMING')).toBe('none');
  });

  it('tells value, threshold, window and the end of the day on which it fired', () => {
    expect(indicator(days({ callsOut: 120, distinctCallees: 110 }), 'OUT_CALLS_DAY')).toEqual({
      code: 'OUT_CALLS_DAY',
      severity: 'HIGH',
      value: 120,
      threshold: 100,
      windowHours: 24,
      firedAt: '2026-06-13T18:59:59.999Z',
    });
  });

  it('never fires later than now', () => {
    const today = { ...daysOf({ callsOut: 120, distinctCallees: 110 }, 1)[0], day: '2026-06-20' };
    expect(indicator(line({ days: [today as never] }), 'OUT_CALLS_DAY')?.firedAt).toBe('2026-06-20T07:00:00.000Z');
  });

  it.each<[RiskCode, Parameters<typeof daysOf>[0], Parameters<typeof daysOf>[0]]>([
    ['DISTINCT_CALLEES', { callsOut: 40, distinctCallees: 31 }, { callsOut: 40, distinctCallees: 30 }],
    ['CALLEE_DISPERSION', { callsOut: 50, distinctCallees: 45 }, { callsOut: 50, distinctCallees: 40 }],
    ['SHORT_CALLS', { callsOut: 20, shortCallShare: 0.6 }, { callsOut: 20, shortCallShare: 0.5 }],
    ['SHORT_DURATION', { callsOut: 20, minutesOut: 6 }, { callsOut: 20, minutesOut: 7 }],
    ['NIGHT', { callsOut: 20, nightShare: 0.31 }, { callsOut: 20, nightShare: 0.3 }],
    ['CELL_IMMOBILE', { callsOut: 20, distinctCells: 1 }, { callsOut: 20, distinctCells: 2 }],
    [
      'IN_OUT_RATIO',
      { callsOut: 100, distinctCallees: 90, callsIn: 4 },
      { callsOut: 100, distinctCallees: 90, callsIn: 5 },
    ],
  ])('%s fires beyond its threshold and not at it', (code, beyond, within) => {
    expect(severity(days(beyond), code)).toBe('MEDIUM');
    expect(severity(days(within), code)).toBe('none');
  });

  it('sees a line that is never called back', () => {
    expect(severity(days({ callsOut: 40, distinctCallees: 30, callsIn: 0, smsIn: 0 }), 'NO_INCOMING')).toBe('HIGH');
    expect(severity(days({ callsOut: 40, distinctCallees: 30, callsIn: 1, smsIn: 0 }), 'NO_INCOMING')).toBe('none');
    expect(severity(days({ callsOut: 40, distinctCallees: 30, callsIn: 0, smsIn: 1 }), 'NO_INCOMING')).toBe('none');
  });

  it('has nothing to say about ratios of a few calls', () => {
    const few = days({
      callsOut: 2,
      distinctCallees: 2,
      callsIn: 0,
      shortCallShare: 1,
      nightShare: 1,
      minutesOut: 0.1,
    });
    for (const code of ['IN_OUT_RATIO', 'SHORT_CALLS', 'SHORT_DURATION', 'NIGHT', 'CALLEE_DISPERSION'] as const) {
      expect(severity(few, code)).toBe('none');
    }
  });
});

describe('messages and complaints', () => {
  it.each([
    [100, 100, 'none'],
    [101, 101, 'MEDIUM'],
    [301, 300, 'HIGH'],
    [1000, 1000, 'VERY_HIGH'],
    [1000, 400, 'none'],
  ])('%i messages to %i recipients are %s', (smsOut, distinctSmsRecipients, expected) => {
    expect(severity(days({ smsOut, distinctSmsRecipients }), 'SMS_BULK')).toBe(expected);
  });

  it('counts complaints over ten days', () => {
    const one = daysOf({}, 10);
    const with5 = one.map((day, index) => (index % 2 === 0 ? { ...day, complaints: 1 } : day));
    expect(severity(line({ days: with5 }), 'COMPLAINTS')).toBe('HIGH');
    expect(severity(line({ days: with5.slice(2) }), 'COMPLAINTS')).toBe('MEDIUM');
    expect(severity(line({ days: with5.slice(6) }), 'COMPLAINTS')).toBe('none');
  });
});

describe('handsets', () => {
  it.each([
    [10, 'none'],
    [11, 'HIGH'],
    [20, 'VERY_HIGH'],
  ])('%i subscribers in one handset are %s', (distinctImsi30d, expected) => {
    expect(severity(line({ devices: [{ ...DEVICE, distinctImsi30d }] }), 'IMEI_MANY_IMSI')).toBe(expected);
  });

  it('counts the handsets of a line within a week of its last use', () => {
    const many = ['1', '2', '3', '4'].map((name) => ({ ...DEVICE, imei: name as Imei }));
    expect(severity(line({ devices: many }), 'IMSI_MANY_IMEI')).toBe('MEDIUM');
    const [first, ...rest] = many;
    const former = { ...(first ?? DEVICE), lastSeenAt: at('2026-06-01T00:00:00.000Z') };
    expect(severity(line({ devices: [former, ...rest] }), 'IMSI_MANY_IMEI')).toBe('none');
  });

  it('sees a handset of the black list, as long as it is in use', () => {
    const black = { ...DEVICE, registryStatus: 'BLACK' as const };
    expect(severity(line({ devices: [black] }), 'IMEI_BLACK')).toBe('HIGH');
    const old = { ...black, imei: '1' as Imei, lastSeenAt: at('2026-04-01T00:00:00.000Z') };
    expect(severity(line({ devices: [DEVICE, old] }), 'IMEI_BLACK')).toBe('none');
  });
});

describe('identity', () => {
  it.each([
    ['LEGACY_UNVERIFIED', '2025-12-31T00:00:00.000Z', 'LOW'],
    ['PASSED', '2025-12-31T00:00:00.000Z', 'none'],
    ['NOT_PERFORMED', '2026-03-01T00:00:00.000Z', 'HIGH'],
    ['FAILED', '2026-01-02T19:00:00.000Z', 'HIGH'],
    ['FAILED', '2026-01-02T18:59:59.999Z', 'LOW'],
  ] as const)('verification %s of a line activated %s is %s', (result, activatedAt, expected) => {
    const verification = { ...CONTRACT.verification, result };
    const contract = { ...CONTRACT, verification, activatedAt: at(activatedAt) };
    expect(severity(line({ contract }), 'UNVERIFIED')).toBe(expected);
  });

  it('asks nothing of a line that is not in service', () => {
    const verification = { ...CONTRACT.verification, result: 'NOT_PERFORMED' as const };
    const contract = { ...CONTRACT, verification, status: 'PENDING_IDENTIFICATION' as const, activatedAt: null };
    expect(severity(line({ contract }), 'UNVERIFIED')).toBe('none');
  });

  it('sees a SIM swap of the last 72 hours, but no first issue', () => {
    const card = { iccid: '8997' as never, replacedAt: null, issuedAt: at('2026-06-17T07:00:00.000Z') };
    const swapped = { ...CONTRACT, simCards: [{ ...card, reason: 'LOST' as const }] };
    expect(severity(line({ contract: swapped }), 'SIM_SWAP_RECENT')).toBe('MEDIUM');
    const earlier = {
      ...CONTRACT,
      simCards: [{ ...card, reason: 'LOST' as const, issuedAt: at('2026-06-17T06:59:59.999Z') }],
    };
    expect(severity(line({ contract: earlier }), 'SIM_SWAP_RECENT')).toBe('none');
    const issued = { ...CONTRACT, simCards: [{ ...card, reason: 'FIRST_ISSUE' as const }] };
    expect(severity(line({ contract: issued }), 'SIM_SWAP_RECENT')).toBe('none');
  });

  it('sees more lines than the cap, unless a justification allows them', () => {
    const eleven = { active: 11, rank: 3 };
    const justification = {
      id: 'j',
      purpose: 'FAMILY' as const,
      status: 'APPROVED' as const,
      requestedLines: 12,
      devices: [DEVICE.imei],
      decidedAt: null,
      expiresAt: null,
    };
    expect(severity(line({ holderLines: { active: 10, rank: 3 } }), 'CAP_OVER')).toBe('none');
    expect(severity(line({ holderLines: eleven }), 'CAP_OVER')).toBe('MEDIUM');
    expect(severity(line({ holderLines: eleven, justification }), 'CAP_OVER')).toBe('none');
    expect(severity(line({ holderLines: { active: 11, rank: 11 }, justification }), 'DEVICE_MISMATCH')).toBe('none');
    const named = { ...justification, devices: [] };
    expect(severity(line({ holderLines: { active: 11, rank: 11 }, justification: named }), 'DEVICE_MISMATCH')).toBe(
      'MEDIUM',
    );
    expect(severity(line({ holderLines: { active: 11, rank: 10 }, justification: named }), 'DEVICE_MISMATCH')).toBe(
      'none',
    );
  });

  it('sees a burst in the first three days of a line only', () => {
    const contract = { ...CONTRACT, activatedAt: at('2026-06-18T08:00:00.000Z') };
    expect(severity(line({ contract, days: daysOf({ callsOut: 60, smsOut: 0 }, 2) }), 'NEW_LINE_BURST')).toBe('MEDIUM');
    expect(severity(days({ callsOut: 60 }), 'NEW_LINE_BURST')).toBe('none');
  });
});
