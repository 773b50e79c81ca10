// The generator itself: the same settings give the same bytes, identities do not move with the day, all numbers are well-formed, and
// nothing is kept in memory.

import { createHash } from 'node:crypto';
import { generateDemo } from '../../../../shared/local-network/demo-data/demo';
import { demoCalendar } from '../../../../shared/local-network/demo-data/demo-calendar';
import { populationLine } from '../../../../shared/local-network/demo-data/population';
import { parseBin } from '../../../../shared/vocabulary/bin';
import { parseIccid } from '../../../../shared/vocabulary/iccid';
import { parseNewIin } from '../../../../shared/vocabulary/iin';
import { parseImei } from '../../../../shared/vocabulary/imei';
import { parseMsisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorFact } from '../../../../shared/vocabulary/seed-fact';
import { AS_OF_MS, at, readDemo } from './demo-facts';

const CODES = ['kcell', 'beeline', 'tele2'] as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DAY_MS = 86_400_000;

function digestOf(scale: number, asOfMs: number, seed?: number): string {
  const network = generateDemo({ scale, asOfMs, seed });
  const hash = createHash('sha256').update(JSON.stringify(network.stories));
  for (const fact of network.numberingFacts()) hash.update(JSON.stringify(fact));
  for (const code of CODES) for (const fact of network.operatorFacts(code)) hash.update(JSON.stringify(fact));
  for (const fact of network.caseFacts()) hash.update(JSON.stringify(fact));
  return hash.digest('hex');
}

/** Everything that says who and what, nothing that says when. */
function identitiesOf(scale: number, asOfMs: number): string[] {
  const facts = readDemo(scale, asOfMs);
  const lines = facts.tenures.map((tenure) => `${tenure.msisdn} ${tenure.operatorCode}`);
  const held = CODES.flatMap((code) =>
    at(facts, code).all.map((fact) => {
      if (fact.kind === 'subscriber') return `${code} ${fact.id} ${fact.iin} ${fact.bin} ${fact.fullName}`;
      if (fact.kind === 'device') return `${code} ${fact.imei} ${fact.model}`;
      if (fact.kind === 'contract') return `${code} ${fact.id} ${fact.msisdn} ${fact.subscriberId}`;
      return '';
    }),
  );
  return [...lines, ...held, ...facts.cases.map((fact) => `${fact.id} ${fact.number}`)];
}

describe('the same network again', () => {
  it('is the same byte for byte', () => {
    expect(digestOf(120, AS_OF_MS)).toBe(digestOf(120, AS_OF_MS));
  });

  it('is another one with another seed', () => {
    expect(digestOf(40, AS_OF_MS)).not.toBe(digestOf(40, AS_OF_MS, 7));
  });

  it('begins a stream anew at every call', () => {
    const network = generateDemo({ scale: 10, asOfMs: AS_OF_MS });
    expect([...network.operatorFacts('kcell')]).toEqual([...network.operatorFacts('kcell')]);
  });

  it('has the same people, numbers, handsets and cases on another day', () => {
    expect(identitiesOf(200, AS_OF_MS + 37 * DAY_MS)).toEqual(identitiesOf(200, AS_OF_MS));
  });

  it('keeps its first lines, and its stories, at a larger scale', () => {
    const small = readDemo(60);
    const large = readDemo(90);
    const largeTenures = new Set(large.tenures.map((tenure) => JSON.stringify(tenure)));
    expect(small.tenures.filter((tenure) => !largeTenures.has(JSON.stringify(tenure)))).toEqual([]);
    expect(small.network.stories).toEqual(large.network.stories);
    expect(small.cases).toEqual(large.cases);
  });

  it('has its stories at scale 0 too', () => {
    const facts = readDemo(0);
    expect(facts.tenures.some((tenure) => tenure.msisdn === facts.network.stories.clean.msisdn)).toBe(true);
  });
});

describe('numbers of people and things', () => {
  const facts = readDemo(900);

  it('pass the parsers of the vocabulary', () => {
    const faults: string[] = [];
    const check = (name: string, value: string, parsed: { readonly ok: boolean; readonly value?: string }): void => {
      if (!parsed.ok || parsed.value !== value) faults.push(`${name} ${value}`);
    };
    for (const tenure of facts.tenures) check('msisdn', tenure.msisdn, parseMsisdn(tenure.msisdn));
    for (const code of CODES) {
      for (const fact of at(facts, code).all) {
        if (fact.kind === 'subscriber' && fact.iin !== null) check('iin', fact.iin, parseNewIin(fact.iin));
        if (fact.kind === 'subscriber' && fact.bin !== null) check('bin', fact.bin, parseBin(fact.bin));
        if (fact.kind === 'device') check('imei', fact.imei, parseImei(fact.imei));
        if (fact.kind === 'capJustification') {
          for (const imei of fact.devices) check('imei', imei, parseImei(imei));
        }
        if (fact.kind === 'contract') {
          for (const card of fact.simCards) check('iccid', card.iccid, parseIccid(card.iccid));
        }
      }
    }
    check('unassigned', facts.network.stories.unassigned.msisdn, parseMsisdn(facts.network.stories.unassigned.msisdn));
    expect(faults).toEqual([]);
  });

  it('are each given once', () => {
    for (const code of CODES) {
      const operator = at(facts, code);
      const contracts = operator.of('contract');
      const cards = contracts.flatMap((contract) => contract.simCards);
      for (const values of [
        operator.of('subscriber').map((fact) => fact.id),
        operator.of('subscriber').map((fact) => fact.iin ?? fact.bin),
        operator.of('device').map((fact) => fact.imei),
        operator.of('dealer').map((fact) => fact.id),
        contracts.map((fact) => fact.id),
        cards.map((card) => card.iccid),
        cards.map((card) => card.imsi),
      ]) {
        expect(values.length - new Set(values).size).toBe(0);
      }
    }
  });

  it('have the network code of their operator', () => {
    const networkCodes = { kcell: '40102', beeline: '40101', tele2: '40177' } as const;
    for (const code of CODES) {
      for (const contract of at(facts, code).of('contract')) {
        for (const card of contract.simCards) expect(card.imsi).toMatch(new RegExp(`^${networkCodes[code]}\\d{10}$`));
      }
    }
  });

  it('name one person at two operators alike', () => {
    const byIin = new Map<string, string>();
    for (const code of CODES) {
      for (const fact of at(facts, code).of('subscriber')) {
        const key = fact.iin ?? fact.bin ?? '';
        expect(byIin.get(key) ?? fact.fullName).toBe(fact.fullName);
        byIin.set(key, fact.fullName);
      }
    }
  });

  it('are UUIDs where they are ids', () => {
    for (const code of CODES) {
      for (const fact of at(facts, code).all) if ('id' in fact) expect(fact.id).toMatch(UUID);
    }
    for (const fact of facts.cases) {
      const parts = [fact.reports, fact.evidence, fact.blockOrders, fact.appeals, fact.losses, fact.clocks];
      for (const part of [fact, ...parts.flat()]) expect(part.id).toMatch(UUID);
    }
  });

  it('belong to people of all ages, some with Kazakh and some with Russian names', () => {
    const people = at(facts, 'kcell')
      .of('subscriber')
      .filter((fact) => fact.iin !== null);
    const decades = new Set(people.map((fact) => fact.iin?.charAt(0)));
    expect(decades.size).toBeGreaterThanOrEqual(6);
    const kazakhLetters = people.filter((fact) => /[ӘҒҚҢӨҰҮҺІәғқңөұүһі]/.test(fact.fullName)).length;
    expect(kazakhLetters / people.length).toBeGreaterThan(0.3);
    expect(kazakhLetters / people.length).toBeLessThan(0.9);
    expect(people.every((fact) => /^[\p{Script=Cyrillic} -]+$/u.test(fact.fullName))).toBe(true);
  });
});

describe('a network of 200,000 lines an operator', () => {
  const settings = { seed: 1, scale: 200_000 };
  const calendar = demoCalendar(AS_OF_MS);

  it('computes its first and its last line without the lines between them', () => {
    const first = populationLine(settings, calendar, 0, 0);
    const last = populationLine(settings, calendar, 2, 199_999);
    expect(parseMsisdn(first.msisdn).ok && parseMsisdn(last.msisdn).ok).toBe(true);
    expect(populationLine({ seed: 1, scale: 10 }, calendar, 0, 0)).toEqual(first);
  });

  it('gives every line a number of its own', () => {
    const numbers = new Set<string>();
    for (let place = 0; place < 200_000; place += 31) {
      for (const home of [0, 1, 2] as const) numbers.add(populationLine(settings, calendar, home, place).msisdn);
    }
    expect(numbers.size).toBe(3 * Math.ceil(200_000 / 31));
  });

  it('is streamed: the first 12,000 facts of a kind leave little behind', () => {
    const network = generateDemo({ scale: 200_000, asOfMs: AS_OF_MS });
    const kinds: OperatorFact['kind'][] = [];
    let taken = 0;
    let largestHeap = 0;
    const before = process.memoryUsage().heapUsed;
    for (const fact of network.operatorFacts('beeline')) {
      if (kinds.at(-1) !== fact.kind) kinds.push(fact.kind);
      taken += 1;
      if (taken % 1_000 === 0) largestHeap = Math.max(largestHeap, process.memoryUsage().heapUsed);
      if (taken === 12_000) break;
    }
    expect(kinds).toEqual(['dealer', 'device']);
    expect(largestHeap - before).toBeLessThan(200_000_000);
  });
});
