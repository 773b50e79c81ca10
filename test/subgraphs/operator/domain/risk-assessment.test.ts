// What fired indicators mean together: profiles that must be told apart, the grey list, and properties that hold for any line.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RISK_LEVELS } from '../../../../shared/vocabulary/risk';
import { USAGE_MEASURES } from '../../../../shared/vocabulary/seed-fact';
import type { BusinessTrafficProfile } from '../../../../subgraphs/operator/domain/business-traffic-profile';
import type { LineFacts } from '../../../../subgraphs/operator/domain/line-facts';
import { assessRisk, compositeLevel } from '../../../../subgraphs/operator/domain/risk-assessment';
import { DEFAULT_RISK_RULES, RISK_CODES } from '../../../../subgraphs/operator/domain/risk-rule-set';
import { at, CONTRACT, DEVICE, daysOf, line, NOW } from './line-facts-fixture';

const levelOf = (facts: LineFacts): string => assessRisk(facts, DEFAULT_RISK_RULES).level;

const SIM_BOX = line({
  devices: [{ ...DEVICE, distinctImsi30d: 24 }],
  days: daysOf({ callsOut: 300, distinctCallees: 285, callsIn: 0, smsIn: 0, distinctCells: 1, topCellShare: 1 }),
});
const CALL_CENTRE = line({
  contract: { ...CONTRACT, plan: 'BUSINESS' },
  days: daysOf({
    callsOut: 320,
    distinctCallees: 270,
    callsIn: 60,
    minutesOut: 700,
    distinctCells: 1,
    topCellShare: 1,
  }),
  holderLines: null,
});
const GREY_LISTED: BusinessTrafficProfile = {
  purpose: 'CALL_CENTRE',
  grantedAt: at('2026-01-01T00:00:00.000Z'),
  expiresAt: at('2026-12-31T00:00:00.000Z'),
};

describe('the level of a line', () => {
  it('is VERY_HIGH for a SIM box', () => expect(levelOf(SIM_BOX)).toBe('VERY_HIGH'));

  it('is HIGH for a SIM box that changes its handsets, because nobody calls back', () => {
    expect(levelOf({ ...SIM_BOX, devices: [DEVICE] })).toBe('HIGH');
  });

  it('is HIGH for a thousand messages a day', () => {
    expect(levelOf(line({ days: daysOf({ smsOut: 1100, distinctSmsRecipients: 1080 }) }))).toBe('HIGH');
  });

  it('is HIGH for calls that hang up at once', () => {
    const days = daysOf({ callsOut: 500, distinctCallees: 490, callsIn: 9, shortCallShare: 0.85, minutesOut: 100 });
    expect(levelOf(line({ days }))).toBe('HIGH');
  });

  it('is not more than MEDIUM for a call centre, also without an entry in the grey list', () => {
    expect(levelOf(CALL_CENTRE)).toBe('MEDIUM');
  });

  it('is MEDIUM for one indicator of weight', () => {
    expect(levelOf(line({ days: daysOf({ callsOut: 60, distinctCallees: 29 }) }))).toBe('MEDIUM');
  });
});

describe('the grey list', () => {
  it('lowers what such traffic sets off, and still shows it', () => {
    const { level, indicators } = assessRisk({ ...CALL_CENTRE, profile: GREY_LISTED }, DEFAULT_RISK_RULES);
    expect(level).toBe('MEDIUM');
    expect(indicators).toContainEqual(
      expect.objectContaining({ code: 'OUT_CALLS_DAY', severity: 'MEDIUM', threshold: 100 }),
    );
    expect(indicators).toContainEqual(expect.objectContaining({ code: 'DISTINCT_CALLEES', severity: 'LOW' }));
  });

  it('excuses no handset that carries two dozen subscribers', () => {
    expect(levelOf({ ...SIM_BOX, profile: GREY_LISTED })).toBe('HIGH');
  });

  it.each([
    ['is not yet granted', { ...GREY_LISTED, grantedAt: at('2026-06-20T07:00:00.001Z') }],
    ['has expired', { ...GREY_LISTED, expiresAt: NOW }],
  ])('does nothing when the entry %s', (_name, profile) => {
    const plain = assessRisk(CALL_CENTRE, DEFAULT_RISK_RULES);
    expect(assessRisk({ ...CALL_CENTRE, profile }, DEFAULT_RISK_RULES)).toEqual(plain);
  });
});

describe('for any line', () => {
  const days = fc.record(
    Object.fromEntries(
      USAGE_MEASURES.map((measure) => [
        measure,
        measure.endsWith('Share') ? fc.double({ min: 0, max: 1, noNaN: true }) : fc.nat({ max: 2000 }),
      ]),
    ),
  );
  const lines = fc
    .record({ measures: days, count: fc.integer({ min: 0, max: 30 }), sharing: fc.nat({ max: 40 }) })
    .map(({ measures, count, sharing }) =>
      line({ days: daysOf(measures, count), devices: [{ ...DEVICE, distinctImsi30d: sharing }] }),
    );

  it('the same facts give the same assessment, at an instant not later than now', () => {
    fc.assert(
      fc.property(lines, (facts) => {
        const assessment = assessRisk(facts, DEFAULT_RISK_RULES);
        expect(assessRisk(facts, DEFAULT_RISK_RULES)).toEqual(assessment);
        for (const { firedAt, value } of assessment.indicators) {
          expect(firedAt <= NOW && Number.isFinite(value)).toBe(true);
        }
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('the grey list never raises a level, and more evidence never lowers it', () => {
    fc.assert(
      fc.property(lines, (facts) => {
        const rank = (one: LineFacts): number => RISK_LEVELS.indexOf(assessRisk(one, DEFAULT_RISK_RULES).level);
        expect(rank({ ...facts, profile: GREY_LISTED })).toBeLessThanOrEqual(rank(facts));
        const complained = facts.days.map((day) => ({ ...day, complaints: 5 }));
        expect(rank({ ...facts, days: complained })).toBeGreaterThanOrEqual(
          rank({ ...facts, days: facts.days.map((day) => ({ ...day, complaints: 0 })) }),
        );
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('indicators of one kind never make more of each other', () => {
    const traffic = ['OUT_CALLS_DAY', 'DISTINCT_CALLEES', 'CALLEE_DISPERSION', 'CELL_IMMOBILE', 'NIGHT'] as const;
    expect(compositeLevel(traffic.map((code) => ({ code, severity: 'HIGH' })))).toBe('MEDIUM');
    expect(compositeLevel(RISK_CODES.map((code) => ({ code, severity: 'LOW' })))).toBe('LOW');
    expect(compositeLevel([])).toBe('LOW');
  });
});
