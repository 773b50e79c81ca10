// Daily usage holds together, whatever the profile, and lies in the sixty days before today and within its contract.

import { demoCalendar, USAGE_DAYS } from '../../../../shared/local-network/demo-data/demo-calendar';
import { TRAFFIC_PROFILES, usageRows } from '../../../../shared/local-network/demo-data/traffic-profile';
import { USAGE_MEASURES, type UsageMeasure } from '../../../../shared/vocabulary/seed-fact';
import { AS_OF_MS, at, readDemo } from './demo-facts';

type Day = Readonly<Record<UsageMeasure, number>>;

function dayOf(row: readonly number[]): Day {
  const day: Partial<Record<UsageMeasure, number>> = {};
  for (const [place, measure] of USAGE_MEASURES.entries()) day[measure] = row[place] ?? Number.NaN;
  return day as Day;
}

const WHOLE: readonly UsageMeasure[] = [
  'callsOut',
  'callsIn',
  'distinctCallees',
  'smsOut',
  'smsIn',
  'distinctSmsRecipients',
  'distinctCells',
  'distinctImei',
  'complaints',
];
const SHARES: readonly UsageMeasure[] = ['shortCallShare', 'nightShare', 'topCellShare'];

function faultOf(row: readonly number[]): string | null {
  const day = dayOf(row);
  if (row.length !== USAGE_MEASURES.length || row.some((value) => !Number.isFinite(value) || value < 0))
    return 'not numbers';
  for (const measure of WHOLE) if (!Number.isInteger(day[measure])) return measure;
  for (const measure of SHARES) if (day[measure] > 1) return measure;
  if (day.distinctCallees > day.callsOut) return 'more callees than calls';
  if (day.callsOut > 0 !== day.distinctCallees > 0) return 'calls to nobody';
  if (day.distinctSmsRecipients > day.smsOut) return 'more recipients than messages';
  if (day.callsOut === 0 && day.minutesOut + day.shortCallShare + day.nightShare > 0) return 'minutes without calls';
  if (day.callsIn === 0 && day.minutesIn > 0) return 'minutes in without calls';
  const isUsed = day.callsOut + day.callsIn + day.smsOut + day.smsIn + day.dataMb > 0;
  if (isUsed !== day.distinctCells > 0 || isUsed !== day.distinctImei > 0) return 'traffic from nowhere';
  if (day.distinctCells > 0 && day.topCellShare < 1 / day.distinctCells - 0.001) return 'no cell is the most used';
  return null;
}

it.each(TRAFFIC_PROFILES)('a day of profile %s holds together', (profile) => {
  const calendar = demoCalendar(AS_OF_MS);
  for (let key = 0; key < 12; key += 1) {
    const plan = { key, profile, firstDay: 0, lastDay: USAGE_DAYS - 1, silences: [], handsetChangeDay: 30 };
    const rows = usageRows(5, plan, calendar);
    expect(rows).toHaveLength(USAGE_DAYS);
    expect(rows.map(faultOf).filter((fault) => fault !== null)).toEqual([]);
  }
});

describe('usage of the network', () => {
  const facts = readDemo(700);
  const contracts = ['kcell', 'beeline', 'tele2'].flatMap((code) => at(facts, code).of('contract'));

  it('holds together on every day', () => {
    const faults = contracts.flatMap(({ usage }) => (usage?.days ?? []).map(faultOf)).filter((fault) => fault !== null);
    expect(faults).toEqual([]);
  });

  it('ends with yesterday or with its contract, and begins with its contract or sixty days ago', () => {
    const today = Date.UTC(2026, 10, 23);
    const yesterday = today - 86_400_000;
    for (const { usage, activatedAt, endedAt } of contracts) {
      if (usage === null) continue;
      const first = Date.parse(usage.firstDay);
      const last = first + (usage.days.length - 1) * 86_400_000;
      const activated = Date.parse(activatedAt ?? '') + 5 * 3_600_000;
      expect(first).toBe(Math.max(today - 60 * 86_400_000, Math.floor(activated / 86_400_000) * 86_400_000));
      const ended =
        endedAt === null ? null : Math.floor((Date.parse(endedAt) + 5 * 3_600_000) / 86_400_000) * 86_400_000;
      expect(last).toBe(ended === null ? yesterday : ended - 86_400_000);
    }
  });

  it('is null for lines that were never activated', () => {
    const never = contracts.filter((contract) => contract.activatedAt === null);
    expect(never.length).toBeGreaterThan(5);
    expect(never.every((contract) => contract.usage === null && contract.devices.length === 0)).toBe(true);
  });

  it('stops for a suspended line', () => {
    const suspended = contracts.filter((contract) => contract.status === 'SUSPENDED');
    expect(suspended.length).toBeGreaterThan(5);
    for (const { usage } of suspended) {
      const last = usage?.days.at(-1) ?? [];
      const isSilentYesterday = last.every((value) => value === 0);
      // A line suspended yesterday still had traffic on that day.
      expect(isSilentYesterday || (usage?.days.at(-2) ?? []).some((value) => value > 0)).toBe(true);
    }
  });
});
