// Every named story shows what it promises, in the facts of every house.

import type { ContractFact } from '../../../../shared/vocabulary/seed-fact';
import { USAGE_MEASURES, type UsageMeasure } from '../../../../shared/vocabulary/seed-fact';
import { AS_OF_MS, at, only, readDemo } from './demo-facts';

const CODES = ['kcell', 'beeline', 'tele2'] as const;
const facts = readDemo(400);
const { stories } = facts.network;

function tenuresOf(msisdn: string): string[] {
  return facts.tenures
    .filter((tenure) => tenure.msisdn === msisdn)
    .sort((a, b) => a.since.localeCompare(b.since))
    .map((tenure) => `${tenure.operatorCode}${tenure.until === null ? '' : ' over'}`);
}

function holderOf(code: string, contract: ContractFact) {
  return only(
    at(facts, code)
      .of('subscriber')
      .filter((subscriber) => subscriber.id === contract.subscriberId),
  );
}

function daysOf(contract: ContractFact, measure: UsageMeasure): number[] {
  const place = USAGE_MEASURES.indexOf(measure);
  return (contract.usage?.days ?? []).map((day) => day[place] ?? Number.NaN);
}

function holdingsOf(iin: string): { readonly code: string; readonly active: number }[] {
  return CODES.map((code) => {
    const holder = at(facts, code)
      .of('subscriber')
      .find((subscriber) => subscriber.iin === iin);
    const lines = at(facts, code)
      .of('contract')
      .filter((contract) => contract.subscriberId === holder?.id);
    return { code, active: lines.filter((contract) => contract.status === 'ACTIVE').length };
  });
}

it('clean: a verified person with one line at Kcell', () => {
  expect(tenuresOf(stories.clean.msisdn)).toEqual(['kcell']);
  const contract = only(at(facts, 'kcell').contractsOn(stories.clean.msisdn));
  expect([contract.status, contract.verification.result, holderOf('kcell', contract).subscriberKind]).toEqual([
    'ACTIVE',
    'PASSED',
    'PERSON',
  ]);
  expect(contract.usage?.days).toHaveLength(60);
});

it('ported: at Kcell, then at Tele2, with usage from both', () => {
  expect(tenuresOf(stories.ported.msisdn)).toEqual(['kcell over', 'tele2']);
  const donated = only(at(facts, 'kcell').contractsOn(stories.ported.msisdn));
  const received = only(at(facts, 'tele2').contractsOn(stories.ported.msisdn));
  expect([donated.status, received.status]).toEqual(['PORTED_OUT', 'ACTIVE']);
  expect((donated.usage?.days.length ?? 0) + (received.usage?.days.length ?? 0)).toBe(60);
  expect(received.usage?.days.length).toBeGreaterThan(5);
  expect(holderOf('kcell', donated).iin).toBe(holderOf('tele2', received).iin);
  expect(only(received.simCards).reason).toBe('PORT_IN');
});

it('recycled: one tenure, two contracts with different holders and a quarantine between', () => {
  expect(tenuresOf(stories.recycled.msisdn)).toEqual(['beeline']);
  const [former, current, ...more] = at(facts, 'beeline').contractsOn(stories.recycled.msisdn);
  if (former === undefined || current === undefined) throw new Error('two contracts are expected');
  expect(more).toEqual([]);
  expect([former.status, current.status]).toEqual(['DEACTIVATED', 'ACTIVE']);
  expect(holderOf('beeline', former).iin).not.toBe(holderOf('beeline', current).iin);
});

it('corporate: a legal entity holds it, an employee uses it', () => {
  const { msisdn, bin } = stories.corporate;
  const contract = only(at(facts, 'kcell').contractsOn(msisdn));
  expect(holderOf('kcell', contract).bin).toBe(bin);
  const employee = only(
    at(facts, 'kcell')
      .of('subscriber')
      .filter((one) => one.id === contract.assignedUserId),
  );
  expect([employee.subscriberKind, contract.plan, contract.verification.result]).toEqual([
    'PERSON',
    'BUSINESS',
    'PASSED',
  ]);
});

it('simBox: its handset carries 20 or more lines, each with hundreds of calls a day to distinct callees from one cell', () => {
  const { msisdn, imei } = stories.simBox;
  const beeline = at(facts, 'beeline');
  const lines = beeline.of('contract').filter((contract) => contract.devices.some((use) => use.imei === imei));
  expect(lines.length).toBeGreaterThanOrEqual(20);
  expect(new Set(lines.flatMap((line) => line.devices.map((use) => use.imsi))).size).toBe(lines.length);
  expect(lines.some((line) => line.msisdn === msisdn)).toBe(true);
  expect(beeline.of('device').filter((device) => device.imei === imei)).toHaveLength(1);
  for (const line of lines) {
    const callees = daysOf(line, 'distinctCallees');
    const calls = daysOf(line, 'callsOut');
    expect(Math.min(...calls)).toBeGreaterThan(100);
    expect(callees.every((count, day) => count > 0.9 * (calls[day] ?? 0))).toBe(true);
    expect(Math.max(...daysOf(line, 'distinctCells'))).toBe(1);
    expect(Math.max(...daysOf(line, 'callsIn'))).toBeLessThan(5);
  }
});

it('callCentre: busy with incoming and normally long calls, and known to its operator', () => {
  const { msisdn } = stories.callCentre;
  const contract = only(at(facts, 'tele2').contractsOn(msisdn));
  expect([holderOf('tele2', contract).subscriberKind, contract.plan]).toEqual(['LEGAL_ENTITY', 'BUSINESS']);
  const out = daysOf(contract, 'callsOut').reduce((sum, count) => sum + count, 0);
  const into = daysOf(contract, 'callsIn').reduce((sum, count) => sum + count, 0);
  const minutes = daysOf(contract, 'minutesOut').reduce((sum, count) => sum + count, 0);
  expect(out / 60).toBeGreaterThan(50);
  expect(into / out).toBeGreaterThan(0.8);
  expect(minutes / out).toBeGreaterThan(2);
  const known = only(
    at(facts, 'tele2')
      .of('businessTrafficProfile')
      .filter((fact) => fact.msisdn === msisdn),
  );
  expect(known.purpose).toBe('CALL_CENTRE');
  expect(Date.parse(known.grantedAt) < AS_OF_MS && Date.parse(known.expiresAt) > AS_OF_MS).toBe(true);
});

it('bulkSms: a thousand distinct recipients on every day of the last week', () => {
  const contract = only(at(facts, 'tele2').contractsOn(stories.bulkSms.msisdn));
  expect(Math.min(...daysOf(contract, 'distinctSmsRecipients').slice(-7))).toBeGreaterThanOrEqual(1_000);
});

it('overCap: twelve active lines over three operators, none alone more than ten, no justification', () => {
  expect(holdingsOf(stories.overCap.iin)).toEqual(CODES.map((code) => ({ code, active: 4 })));
  for (const code of CODES) {
    const justified = at(facts, code)
      .of('capJustification')
      .map((fact) => fact.iin);
    expect(justified).not.toContain(stories.overCap.iin);
  }
});

it('an approved justification covers somebody with twelve lines and names the handsets of those over ten', () => {
  const kcell = at(facts, 'kcell');
  const approved = only(kcell.of('capJustification').filter((fact) => fact.status === 'APPROVED'));
  expect(holdingsOf(approved.iin).map((holding) => holding.active)).toEqual([12, 0, 0]);
  const holder = only(kcell.of('subscriber').filter((fact) => fact.iin === approved.iin));
  const lines = kcell
    .of('contract')
    .filter((contract) => contract.subscriberId === holder.id)
    .sort((a, b) => (a.activatedAt ?? '').localeCompare(b.activatedAt ?? ''));
  for (const line of lines.slice(10)) expect(approved.devices).toContain(only(line.devices).imei);
});

it('unverified: activated before biometrics', () => {
  const contract = only(at(facts, 'beeline').contractsOn(stories.unverified.msisdn));
  expect([contract.status, contract.verification.result]).toEqual(['ACTIVE', 'LEGACY_UNVERIFIED']);
  expect((contract.activatedAt ?? '') < '2026-01-03').toBe(true);
});

it('blocked: a decided case whose order is in force at the bank and at the operator, and no traffic since', () => {
  const { msisdn, caseId, orderId } = stories.blocked;
  const fact = only(facts.cases.filter((one) => one.id === caseId));
  expect([fact.state, fact.outcome]).toEqual(['DECIDED', 'CONFIRMED']);
  const order = only(fact.blockOrders.filter((one) => one.id === orderId));
  expect([order.msisdn, order.orderKind, order.state, order.operatorCode]).toEqual([
    msisdn,
    'CONFIRMED',
    'ENFORCED',
    only(tenuresOf(msisdn)),
  ]);
  const enforced = only(
    at(facts, order.operatorCode)
      .of('enforcement')
      .filter((one) => one.orderId === orderId),
  );
  expect([enforced.state, enforced.msisdn, enforced.sequence]).toEqual(['ENFORCED', msisdn, order.sequence]);
  expect(enforced.enforcedAt).toBe(order.enforcedAt);
  const contract = only(at(facts, order.operatorCode).contractsOn(msisdn));
  expect(
    daysOf(contract, 'callsOut')
      .slice(-20)
      .every((count) => count === 0),
  ).toBe(true);
  expect(daysOf(contract, 'callsOut')[0]).toBeGreaterThan(0);
});

it('openCase: under investigation by investigator-1, with subjects, reports, evidence and running clocks', () => {
  const fact = only(facts.cases.filter((one) => one.id === stories.openCase.caseId));
  expect([fact.state, fact.assignee]).toEqual(['UNDER_INVESTIGATION', 'investigator-1']);
  expect(fact.subjects.some((one) => one.msisdn === stories.openCase.msisdn && one.role === 'SUSPECT')).toBe(true);
  expect(fact.reports.length >= 2 && fact.evidence.length >= 2).toBe(true);
  expect(fact.clocks.some((clock) => clock.state === 'RUNNING')).toBe(true);
});

it('unassigned: in no fact of any house', () => {
  const { msisdn } = stories.unassigned;
  expect(tenuresOf(msisdn)).toEqual([]);
  expect(JSON.stringify(facts.cases)).not.toContain(msisdn);
  for (const code of CODES) expect(at(facts, code).contractsOn(msisdn)).toEqual([]);
});
