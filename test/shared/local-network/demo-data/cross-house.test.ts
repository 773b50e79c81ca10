// Two houses tell one history: what numbering says of a number is what the operators say, and within an operator every reference
// leads somewhere.

import { AS_OF_MS, at, grouped, readDemo } from './demo-facts';

const CODES = ['kcell', 'beeline', 'tele2'] as const;
const facts = readDemo(1_500);

function key(
  code: string,
  tenure: { readonly msisdn: string; readonly since: string; readonly until: string | null },
): string {
  return `${tenure.msisdn} ${code} ${tenure.since} ${tenure.until}`;
}

describe('tenures', () => {
  it('are the same in numbering and at the operators, number by number', () => {
    const inNumbering = facts.tenures.map((tenure) => key(tenure.operatorCode, tenure)).sort();
    const atOperators = CODES.flatMap((code) =>
      at(facts, code)
        .of('tenure')
        .map((tenure) => key(code, tenure)),
    ).sort();
    expect(inNumbering).toEqual(atOperators);
  });

  it('of one number never overlap', () => {
    const byNumber = grouped(facts.tenures, (tenure) => tenure.msisdn);
    for (const tenures of byNumber.values()) {
      const sorted = tenures.toSorted((a, b) => a.since.localeCompare(b.since));
      for (const [place, tenure] of sorted.entries()) {
        const next = sorted[place + 1];
        if (next !== undefined) expect(tenure.until !== null && tenure.until <= next.since).toBe(true);
        if (tenure.until !== null) expect(tenure.since < tenure.until).toBe(true);
      }
    }
  });

  it('of a ported number meet at the instant of the porting', () => {
    for (const porting of facts.portings) {
      const donor = facts.tenures.find((one) => one.msisdn === porting.msisdn && one.until === porting.completedAt);
      const recipient = facts.tenures.find((one) => one.msisdn === porting.msisdn && one.since === porting.completedAt);
      expect([donor?.operatorCode, recipient?.operatorCode]).toEqual([porting.donor, porting.recipient]);
    }
  });

  it('of about one number in twenty moved, of some twice and back', () => {
    const numbers = new Set(facts.tenures.map((tenure) => tenure.msisdn));
    const ported = grouped(facts.portings, (porting) => porting.msisdn);
    expect(ported.size / numbers.size).toBeGreaterThan(0.035);
    expect(ported.size / numbers.size).toBeLessThan(0.06);
    const back = [...ported.values()].filter((moves) => moves.length === 2 && moves[0]?.donor === moves[1]?.recipient);
    expect(back.length).toBeGreaterThan(3);
    expect(
      [...ported.values()].some((moves) => new Set(moves.flatMap((one) => [one.donor, one.recipient])).size === 3),
    ).toBe(true);
  });

  it('belong to numbers of the ranges that numbering knows', () => {
    const prefixes = new Set(facts.numbering.flatMap((fact) => (fact.kind === 'range' ? [fact.prefix] : [])));
    expect(prefixes.size).toBe(12);
    for (const tenure of facts.tenures) expect(prefixes.has(tenure.msisdn.slice(2, 5))).toBe(true);
  });
});

describe.each(CODES)('the facts of %s', (code) => {
  const operator = at(facts, code);
  const contracts = operator.of('contract');

  it('come in the order that the seeder reads', () => {
    const order = ['dealer', 'device', 'subscriber', 'tenure', 'contract'];
    const kinds = operator.all.map((fact) => fact.kind).filter((kind, place, all) => kind !== all[place - 1]);
    expect(kinds.slice(0, 5)).toEqual(order);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  it('refer to nothing that is not there', () => {
    const subscribers = new Set(operator.of('subscriber').map((fact) => fact.id));
    const dealers = new Set(operator.of('dealer').map((fact) => fact.id));
    const devices = new Set(operator.of('device').map((fact) => fact.imei));
    const tenures = new Set(operator.of('tenure').map((fact) => `${fact.msisdn} ${fact.since}`));
    for (const contract of contracts) {
      expect(subscribers.has(contract.subscriberId)).toBe(true);
      expect(contract.assignedUserId === null || subscribers.has(contract.assignedUserId)).toBe(true);
      expect(contract.dealerId === null || dealers.has(contract.dealerId)).toBe(true);
      expect(tenures.has(`${contract.msisdn} ${contract.since}`)).toBe(true);
      const imsis = new Set(contract.simCards.map((card) => card.imsi));
      for (const use of contract.devices) expect(devices.has(use.imei) && imsis.has(use.imsi)).toBe(true);
    }
    for (const fact of [...operator.of('enforcement'), ...operator.of('businessTrafficProfile')]) {
      expect(tenures.has(`${fact.msisdn} ${fact.since}`)).toBe(true);
    }
    const iins = new Set(operator.of('subscriber').map((fact) => fact.iin));
    for (const fact of operator.of('capJustification')) expect(iins.has(fact.iin)).toBe(true);
  });

  it('bring nobody who has no line, and no handset that no line used', () => {
    const used = new Set(contracts.flatMap((contract) => [contract.subscriberId, contract.assignedUserId]));
    expect(operator.of('subscriber').filter((fact) => !used.has(fact.id))).toEqual([]);
    const imeis = new Set(contracts.flatMap((contract) => contract.devices.map((use) => use.imei)));
    expect(operator.of('device').filter((fact) => !imeis.has(fact.imei))).toEqual([]);
  });

  it('keep contracts within their tenure, one after the other', () => {
    const asOf = new Date(AS_OF_MS).toISOString();
    const untilOf = new Map(operator.of('tenure').map((fact) => [`${fact.msisdn} ${fact.since}`, fact.until]));
    const byTenure = grouped(contracts, (contract) => `${contract.msisdn} ${contract.since}`);
    for (const [tenure, held] of byTenure) {
      const until = untilOf.get(tenure) ?? null;
      for (const [place, contract] of held.entries()) {
        const { since, activatedAt, soldAt, endedAt } = contract;
        const isOver =
          contract.status === 'PORTED_OUT' || contract.status === 'DEACTIVATED' || contract.status === 'QUARANTINE';
        expect(isOver).toBe(endedAt !== null);
        expect(soldAt !== null && soldAt >= since && (activatedAt === null || activatedAt >= soldAt)).toBe(true);
        if (endedAt !== null)
          expect(activatedAt !== null && activatedAt < endedAt && endedAt <= (until ?? asOf)).toBe(true);
        if (contract.status === 'PORTED_OUT') expect(endedAt).toBe(until);
        const next = held[place + 1];
        if (next !== undefined) expect(endedAt !== null && next.soldAt !== null && endedAt < next.soldAt).toBe(true);
      }
      if (until === null) expect(held.some((contract) => contract.status === 'PORTED_OUT')).toBe(false);
    }
    expect(byTenure.size).toBe(untilOf.size);
  });

  it('verify every line activated since 2026-01-03, and say so of the older ones', () => {
    for (const { activatedAt, verification, status } of contracts) {
      if (activatedAt === null) {
        expect(['NOT_PERFORMED', 'FAILED', 'INCONCLUSIVE']).toContain(verification.result);
      } else if (activatedAt >= '2026-01-02T19:00:00.000Z') {
        expect(verification.result).toBe('PASSED');
      } else {
        expect(['PASSED', 'LEGACY_UNVERIFIED']).toContain(verification.result);
      }
      expect(verification.result === 'PASSED').toBe(
        verification.verifiedAt !== null && status !== 'IDENTIFICATION_FAILED',
      );
    }
  });

  it('have lines in every status, corporate lines with their employee, and justifications', () => {
    expect(new Set(contracts.map((contract) => contract.status)).size).toBe(7);
    expect(new Set(contracts.map((contract) => contract.plan)).size).toBe(3);
    const companies = new Set(operator.of('subscriber').flatMap((fact) => (fact.bin === null ? [] : [fact.id])));
    const corporate = contracts.filter((contract) => companies.has(contract.subscriberId));
    expect(corporate.length).toBeGreaterThan(20);
    for (const contract of corporate)
      expect(contract.plan === 'BUSINESS' && contract.assignedUserId !== null).toBe(true);
    expect(operator.of('capJustification').length).toBeGreaterThan(3);
    expect(new Set(operator.of('device').map((fact) => fact.registryStatus))).toEqual(
      new Set(['WHITE', 'GREY', 'BLACK', 'UNKNOWN']),
    );
  });

  it('recycle about three numbers in a hundred, after at least 90 days of quarantine', () => {
    const recycled = [...grouped(contracts, (contract) => `${contract.msisdn} ${contract.since}`).values()].filter(
      (held) => held.length > 1,
    );
    expect(recycled.length / operator.of('tenure').length).toBeGreaterThan(0.02);
    expect(recycled.length / operator.of('tenure').length).toBeLessThan(0.04);
    for (const [former, current] of recycled) {
      expect(former?.subscriberId).not.toBe(current?.subscriberId);
      const days = (Date.parse(current?.soldAt ?? '') - Date.parse(former?.endedAt ?? '')) / 86_400_000;
      expect(days).toBeGreaterThanOrEqual(90);
    }
  });

  it('never tell of the future', () => {
    const asOf = new Date(AS_OF_MS).toISOString();
    for (const contract of contracts) {
      const { verification, simCards, devices } = contract;
      const instants = [contract.soldAt, contract.activatedAt, contract.endedAt, verification.verifiedAt];
      for (const card of simCards) instants.push(card.issuedAt, card.replacedAt);
      for (const use of devices) {
        instants.push(use.firstSeenAt, use.lastSeenAt);
        expect(use.firstSeenAt < use.lastSeenAt).toBe(true);
      }
      for (const instant of instants) expect(instant === null || instant <= asOf).toBe(true);
    }
  });
});
