// The rule set as an operator's file changes it: what is taken over, what is refused.

import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_RISK_RULES,
  parseRiskRuleSet,
  RISK_CODES,
  trafficDays,
} from '../../../../subgraphs/operator/domain/risk-rule-set';

const parse = (value: unknown) => parseRiskRuleSet(JSON.stringify(value));

describe('a rule set', () => {
  it('has a default for every rule', () => {
    expect(Object.keys(DEFAULT_RISK_RULES.rules).sort()).toEqual([...RISK_CODES].sort());
  });

  it('keeps the default of what it does not name', () => {
    const parsed = parse({ version: 'kcell-2', rules: { OUT_CALLS_DAY: { levels: { HIGH: 150 } } } });
    expect(parsed.ok && parsed.value).toEqual({
      version: 'kcell-2',
      rules: {
        ...DEFAULT_RISK_RULES.rules,
        OUT_CALLS_DAY: { windowHours: 24, levels: { HIGH: 150 }, guards: { minCalleeShare: 0.2 } },
      },
    });
  });

  it('turns a rule off by null and changes single guards', () => {
    const parsed = parse({ version: 'kcell-2', rules: { NIGHT: null, NO_INCOMING: { guards: { maxSmsIn: 0 } } } });
    expect(parsed.ok && 'NIGHT' in parsed.value.rules).toBe(false);
    expect(parsed.ok && parsed.value.rules.NO_INCOMING?.guards).toEqual({ maxSmsIn: 0, minCalleeShare: 0.2 });
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'NOT_JSON'],
    ['no version', { rules: {} }, 'VERSION_REQUIRED'],
    ["the defaults' version", { version: DEFAULT_RISK_RULES.version }, 'VERSION_REQUIRED'],
    ['a version with spaces', { version: 'a b' }, 'VERSION_REQUIRED'],
    ['another member', { version: 'x-1', rule: {} }, 'MALFORMED'],
    ['an unknown rule', { version: 'x-1', rules: { OUT_CALLS: null } }, 'UNKNOWN_RULE'],
    ['a rule named like a member of every object', { version: 'x-1', rules: { constructor: null } }, 'UNKNOWN_RULE'],
    ['an unknown level', { version: 'x-1', rules: { NIGHT: { levels: { EXTREME: 1 } } } }, 'MALFORMED'],
    ['no level', { version: 'x-1', rules: { NIGHT: { levels: {} } } }, 'MALFORMED'],
    ['a threshold as text', { version: 'x-1', rules: { NIGHT: { levels: { HIGH: '1' } } } }, 'MALFORMED'],
    ['a negative threshold', { version: 'x-1', rules: { NIGHT: { levels: { HIGH: -1 } } } }, 'MALFORMED'],
    ['an unknown guard', { version: 'x-1', rules: { NIGHT: { guards: { minCalls: 1 } } } }, 'MALFORMED'],
    ['a window of a year', { version: 'x-1', rules: { NIGHT: { windowHours: 8760 } } }, 'MALFORMED'],
    ['a window of half an hour', { version: 'x-1', rules: { NIGHT: { windowHours: 0.5 } } }, 'MALFORMED'],
  ])('refuses %s', (_name, value, reason) => {
    const parsed = parse(value);
    expect(parsed.ok ? 'accepted' : parsed.error.reason).toBe(reason);
  });

  it('refuses what is no JSON', () => expect(parseRiskRuleSet('{').ok).toBe(false));

  it('tells how many days of traffic its rules need', () => {
    expect(trafficDays(DEFAULT_RISK_RULES)).toBe(30);
    expect(trafficDays({ version: 'x', rules: {} })).toBe(7);
  });
});
