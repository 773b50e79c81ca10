// Which lines are reported, and what a report says.

import { describe, expect, it } from '@jest/globals';
import type { Instant } from '../../../../shared/vocabulary/instant';
import type { RiskIndicator } from '../../../../subgraphs/operator/domain/risk-assessment';
import { findingOf, isReportable } from '../../../../subgraphs/operator/domain/suspicion';

const NOW = '2026-11-20T08:00:00.000Z' as Instant;
const fired = (code: RiskIndicator['code'], severity: RiskIndicator['severity'] = 'HIGH'): RiskIndicator => ({
  code,
  severity,
  value: 24,
  threshold: 10,
  windowHours: 24,
  firedAt: '2026-11-19T18:59:59.999Z' as Instant,
});
const found = (...indicators: readonly RiskIndicator[]) =>
  findingOf({ level: 'HIGH', indicators, ruleSetVersion: 'senim-1', computedAt: NOW });

describe('a line', () => {
  const line = { status: 'ACTIVE', measuresInForce: [] } as const;
  it.each([
    ['HIGH', true],
    ['VERY_HIGH', true],
    ['MEDIUM', false],
    ['LOW', false],
  ] as const)('of risk %s is reported: %s', (level, expected) => {
    expect(isReportable(line, level)).toBe(expected);
  });

  it('that is blocked or has ended is not reported', () => {
    expect(isReportable({ ...line, measuresInForce: ['DATA'] }, 'HIGH')).toBe(false);
    expect(isReportable({ ...line, status: 'PORTED_OUT' }, 'HIGH')).toBe(false);
    expect(isReportable({ ...line, status: 'SUSPENDED' }, 'HIGH')).toBe(true);
  });
});

describe('a report', () => {
  it.each([
    [[fired('IMEI_MANY_IMSI'), fired('OUT_CALLS_DAY')], 'SIM_BOX_BYPASS', 'CALL'],
    [[fired('OUT_CALLS_DAY'), fired('IMEI_MANY_IMSI', 'VERY_HIGH')], 'SIM_BOX_BYPASS', 'CALL'],
    [[fired('SMS_BULK'), fired('OUT_CALLS_DAY', 'MEDIUM')], 'BULK_SMS', 'SMS'],
    [[fired('OUT_CALLS_DAY'), fired('IN_OUT_RATIO')], 'MASS_CALLING', 'CALL'],
    [[fired('COMPLAINTS'), fired('SIM_SWAP_RECENT')], 'SIM_SWAP_TAKEOVER', 'CALL'],
    [[fired('COMPLAINTS'), fired('UNVERIFIED')], null, 'CALL'],
  ] as const)('of %j speaks of %s by %s', (indicators, fraudType, channel) => {
    expect(found(...indicators)).toMatchObject({ fraudType, channel, source: 'OPERATOR_DETECTION' });
  });

  it('hands over what fired and when, without a number in its text', () => {
    expect(found(fired('OUT_CALLS_DAY'), fired('NIGHT', 'MEDIUM'))).toMatchObject({
      occurredAt: '2026-11-19T18:59:59.999Z',
      detectedAt: NOW,
      text: 'HIGH (senim-1): OUT_CALLS_DAY, NIGHT',
      assessment: {
        level: 'HIGH',
        ruleSetVersion: 'senim-1',
        indicators: [{ code: 'OUT_CALLS_DAY' }, { code: 'NIGHT' }],
      },
    });
  });
});
