// Spare numbers are what a story needs: ordinary lines in force at their operator, in nobody's case.

import { at, readDemo } from './demo-facts';

const facts = readDemo(100);
const { spares } = facts.network;
const accused = new Set(
  facts.cases.flatMap((one) =>
    one.reports.flatMap(({ suspect, victim }) => [suspect, ...(victim === null ? [] : [victim])]),
  ),
);

it('gives every operator forty, each of them once', () => {
  expect(Object.keys(spares)).toEqual(['kcell', 'beeline', 'tele2']);
  for (const numbers of Object.values(spares)) expect(new Set(numbers).size).toBe(40);
});

it.each(['kcell', 'beeline', 'tele2'] as const)('names lines in force at %s that no case touches', (code) => {
  for (const msisdn of spares[code] ?? []) {
    const tenures = facts.tenures.filter((tenure) => tenure.msisdn === msisdn);
    expect(tenures.map(({ operatorCode }) => operatorCode)).toEqual([code]);
    const contracts = at(facts, code)
      .of('contract')
      .filter((contract) => contract.msisdn === msisdn);
    expect(contracts.map(({ status }) => status)).toEqual(['ACTIVE']);
    expect(accused.has(msisdn)).toBe(false);
  }
});
