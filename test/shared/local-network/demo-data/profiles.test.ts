// What an operator's risk rules make of the demo network: they name the fraudulent profiles and let the legitimate ones be, busy as
// they are.

import { at, grouped, only, readDemo } from './demo-facts';
import { judgeProfiles, precisionAndRecall, profileTable, riskAt } from './risk-facts';

const facts = readDemo(1_200);
const { stories } = facts.network;
const CODES = ['kcell', 'beeline', 'tele2'] as const;

function levelOf(code: string, msisdn: string): string {
  const operator = at(facts, code);
  const contract = only(operator.contractsOn(msisdn).filter((one) => one.endedAt === null));
  return riskAt(operator)(contract).level;
}

describe('the stories', () => {
  it('rates every line of the SIM box VERY_HIGH', () => {
    const operator = at(facts, 'beeline');
    const assess = riskAt(operator);
    const lines = operator.of('contract').filter((one) => one.devices.some((use) => use.imei === stories.simBox.imei));
    expect(lines.length).toBeGreaterThanOrEqual(20);
    expect(
      lines.map((line) => assess(line).level).filter((level) => level !== 'VERY_HIGH' && level !== 'HIGH'),
    ).toEqual([]);
    expect(levelOf('beeline', stories.simBox.msisdn)).toBe('VERY_HIGH');
  });

  it('rates bulk SMS HIGH', () => {
    expect(levelOf('tele2', stories.bulkSms.msisdn)).toBe('HIGH');
  });

  it('does not rate the call centre high, nor any of its lines', () => {
    const operator = at(facts, 'tele2');
    const [contract] = operator.contractsOn(stories.callCentre.msisdn);
    const lines = operator.of('contract').filter((one) => one.subscriberId === contract?.subscriberId);
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(['LOW', 'MEDIUM']).toContain(riskAt(operator)(line).level);
  });

  it('rates the clean, ported, recycled and corporate ones LOW', () => {
    expect([
      levelOf('kcell', stories.clean.msisdn),
      levelOf('tele2', stories.ported.msisdn),
      levelOf('beeline', stories.recycled.msisdn),
      levelOf('kcell', stories.corporate.msisdn),
    ]).toEqual(['LOW', 'LOW', 'LOW', 'LOW']);
  });

  it('says of the unverified line that it is unverified, and not more than that', () => {
    const operator = at(facts, 'beeline');
    const risk = riskAt(operator)(only(operator.contractsOn(stories.unverified.msisdn)));
    expect([risk.level, risk.indicators.map((indicator) => indicator.code)]).toEqual(['LOW', ['UNVERIFIED']]);
  });
});

describe('labelled lines', () => {
  const rows = judgeProfiles(150, 11);
  const table = profileTable(rows);

  it('are told apart with a precision of at least 0.95 and a recall of at least 0.9', () => {
    const { precision, recall } = precisionAndRecall(rows);
    expect([table, precision >= 0.95 && recall >= 0.9]).toEqual([table, true]);
  });

  it('of legitimate businesses are never rated VERY_HIGH, and not HIGH where the operator knows them', () => {
    for (const { profile, variant, levels } of rows) {
      if (variant === 'known') expect([profile, levels.HIGH + levels.VERY_HIGH]).toEqual([profile, 0]);
      if (['ORDINARY', 'QUIET', 'HEAVY', 'BUSINESS'].includes(profile)) {
        expect([profile, levels.HIGH + levels.VERY_HIGH]).toEqual([profile, 0]);
      }
    }
  });
});

describe('the population', () => {
  it('is suspected in few of its lines', () => {
    const levels = CODES.flatMap((code) => {
      const assess = riskAt(at(facts, code));
      return at(facts, code)
        .of('contract')
        .filter((contract) => contract.endedAt === null && contract.activatedAt !== null)
        .map((contract) => ({ level: assess(contract).level }));
    });
    const counts = grouped(levels, (one) => one.level);
    const high = (counts.get('HIGH')?.length ?? 0) + (counts.get('VERY_HIGH')?.length ?? 0);
    // SIM box of the story and of one block at each operator of that size, suspects of cases, mass callers and senders.
    expect(high).toBeGreaterThan(24);
    expect(high / levels.length).toBeLessThan(0.04);
    expect((counts.get('LOW')?.length ?? 0) / levels.length).toBeGreaterThan(0.85);
  });
});
