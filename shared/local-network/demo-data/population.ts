// The ordinary numbers of an operator, each computed from its place alone: who holds it, since when, what happened to it. Decides
// the shares (ported, recycled, suspended …); numbers that must show something certain are in story-line.ts.

import { type ContractDecision, contractOf, DEALERS } from './contract-plan';
import { DAY_MS, type DemoCalendar, HOUR_MS, MINUTE_MS } from './demo-calendar';
import {
  DEMO_OPERATORS,
  LINES_PER_PREFIX,
  OPERATOR_INDICES,
  type OperatorIndex,
  subscriberDigits,
} from './demo-operator';
import { type Draws, drawsFor, shuffled } from './draw';
import { bornAtMs, type Trade } from './identity';
import type { DemoSettings, HandsetRef, HolderRef, KnownTraffic, Line, PersonRef, Tenure } from './line';
import {
  CONTRACTS_PER_LINE,
  lineKey,
  PEOPLE_PER_LINE,
  PORTED_PLACE,
  PORTED_STRIDE,
  populationPerson,
  routeOf,
  type Situation,
  situationOf,
} from './population-layout';
import type { TrafficProfile } from './traffic-profile';

/** The lines whose range was first allocated to an operator, in the order of their places. */
export function* homeLines(settings: DemoSettings, calendar: DemoCalendar, home: OperatorIndex): Generator<Line> {
  for (let place = 0; place < settings.scale; place += 1) yield populationLine(settings, calendar, home, place);
}

/** The lines that an operator serves or served: those of its own ranges, then those that came from other operators. */
export function* linesAt(settings: DemoSettings, calendar: DemoCalendar, operator: OperatorIndex): Generator<Line> {
  yield* homeLines(settings, calendar, operator);
  for (const home of OPERATOR_INDICES) {
    if (home === operator) continue;
    for (let place = PORTED_PLACE; place < settings.scale; place += PORTED_STRIDE) {
      if (situationOf(home, place).kind !== 'PORTED') continue;
      if (!routeOf(home, place).includes(operator)) continue;
      yield populationLine(settings, calendar, home, place);
    }
  }
}

/** One line of an operator's ranges by its place, 0 to `scale - 1`. Costs the same for every place. */
export function populationLine(
  settings: DemoSettings,
  calendar: DemoCalendar,
  home: OperatorIndex,
  place: number,
): Line {
  const { seed } = settings;
  const key = lineKey(home, place);
  const site: Site = {
    seed,
    calendar,
    home,
    place,
    key,
    draws: drawsFor(seed, LINE, place, home),
    ageDays: drawsFor(seed, AGE, place, home).whole(70, 2_100),
  };
  const prefixes = DEMO_OPERATORS[home].prefixes;
  const row = shuffled(seed, NUMBER + home, Math.floor(place / prefixes.length), LINES_PER_PREFIX);
  const msisdn = `+7${prefixes[place % prefixes.length]}${subscriberDigits(row)}`;
  const situation = situationOf(home, place);
  switch (situation.kind) {
    case 'CORPORATE':
      return { msisdn, ...corporateLine(site, situation) };
    case 'SIM_BOX':
      return { msisdn, ...simBoxLine(site, situation.firstPlace) };
    case 'PORTED':
      return { msisdn, ...portedLine(site) };
    case 'RECYCLED':
      return { msisdn, ...recycledLine(site) };
    case 'SINGLE':
      return { msisdn, ...singleLine(site, situation.secondOfPerson) };
  }
}

const LINE = 40;
const AGE = 41;
const NUMBER = 42;

interface Site {
  readonly seed: number;
  readonly calendar: DemoCalendar;
  readonly home: OperatorIndex;
  readonly place: number;
  readonly key: number;
  readonly draws: Draws;
  readonly ageDays: number;
}

type LineBody = Omit<Line, 'msisdn'>;

function portedLine(site: Site): LineBody {
  const { calendar, draws, place, home } = site;
  const route = routeOf(home, place);
  // Latest porting first: a third of them lie within the usage window, so that both operators have something to tell.
  let days = draws.chance(0.33) ? draws.whole(3, 55) : draws.whole(56, 700);
  const startsMs: number[] = [];
  for (let leg = 1; leg < route.length; leg += 1) {
    startsMs.unshift(inOfficeHours(site, days));
    days += draws.whole(75, 420);
  }
  startsMs.unshift(inOfficeHours(site, days + draws.whole(0, 600)));
  const holder = ownPerson(site);
  const profile = privateProfile(draws);
  const handset = ownHandset(site, profile);
  const tenures = route.map((operator, leg): Tenure => {
    const sinceMs = startsMs[leg] ?? 0;
    const untilMs = startsMs[leg + 1] ?? null;
    const contract = contractOf(site.seed, calendar, {
      ...privateDecision(site, leg, profile, holder, handset),
      status: untilMs === null ? 'ACTIVE' : 'PORTED_OUT',
      dealer: draws.whole(0, DEALERS - 1),
      soldAtMs: sinceMs,
      activatedAtMs: leg > 0 ? sinceMs : sinceMs + 20 * MINUTE_MS,
      endedAtMs: untilMs,
      isPortIn: leg > 0,
    });
    return { operator, sinceMs, untilMs, contracts: [contract] };
  });
  return { tenures, traffic: null };
}

function recycledLine(site: Site): LineBody {
  const { calendar, draws, seed, home } = site;
  const endedDays = draws.whole(170, 900);
  const againDays = Math.max(20, endedDays - draws.whole(95, 400));
  const formerSoldMs = inOfficeHours(site, endedDays + draws.whole(120, 1_200));
  const formerEndedMs = inOfficeHours(site, endedDays);
  const soldAtMs = inOfficeHours(site, againDays);
  const formerHolder: PersonRef = { kind: 'PERSON', number: site.key * PEOPLE_PER_LINE + 1, borrowed: false };
  const formerHandset: HandsetRef = { number: site.key * PEOPLE_PER_LINE + 1, handsetKind: 'PHONE', borrowed: false };
  const former = contractOf(seed, calendar, {
    ...privateDecision(site, 0, 'ORDINARY', formerHolder, formerHandset),
    status: 'DEACTIVATED',
    soldAtMs: formerSoldMs,
    activatedAtMs: formerSoldMs + 20 * MINUTE_MS,
    endedAtMs: formerEndedMs,
  });
  const profile = privateProfile(draws);
  const current = contractOf(seed, calendar, {
    ...privateDecision(site, 1, profile, ownPerson(site), ownHandset(site, profile)),
    soldAtMs,
    activatedAtMs: soldAtMs + 25 * MINUTE_MS,
  });
  const tenure = { operator: home, sinceMs: formerSoldMs, untilMs: null, contracts: [former, current] };
  return { tenures: [tenure], traffic: null };
}

function singleLine(site: Site, secondOfPerson: boolean): LineBody {
  const { calendar, draws, seed, home, place } = site;
  const holder = secondOfPerson ? borrowedPerson(home, place - 1) : knownPerson(site);
  const fate = draws.unit();
  const profile = privateProfile(draws);
  const decision = privateDecision(site, 0, profile, holder, ownHandset(site, profile));
  if (fate < 0.01) {
    const soldAtMs = inOfficeHours(site, draws.whole(1, 25));
    const status = fate < 0.007 ? 'PENDING_IDENTIFICATION' : 'IDENTIFICATION_FAILED';
    const contract = contractOf(seed, calendar, { ...decision, status, soldAtMs, activatedAtMs: null });
    return { tenures: [{ operator: home, sinceMs: soldAtMs, untilMs: null, contracts: [contract] }], traffic: null };
  }
  const ended = fate < 0.02 ? draws.whole(1, 85) : fate < 0.04 ? draws.whole(120, 500) : null;
  const newestSale = (ended ?? 0) + 70;
  const born = bornAtMs(seed, holder.number);
  const adultDays = Math.floor((calendar.todayMs - born) / DAY_MS) - 16 * 366;
  const age = Math.max(newestSale, Math.min(site.ageDays + (ended ?? 0), adultDays));
  const days = ended === null && draws.chance(0.05) ? draws.whole(2, 69) : age;
  const soldAtMs = inOfficeHours(site, days);
  const activatedAtMs = soldAtMs + draws.whole(12, 55) * MINUTE_MS;
  const endedAtMs = ended === null ? null : inOfficeHours(site, ended);
  const isSuspended = ended === null && fate < 0.055;
  const suspendedFromMs = inOfficeHours(site, draws.whole(1, Math.min(50, days - 1)));
  const status = ended === null ? (isSuspended ? 'SUSPENDED' : 'ACTIVE') : ended <= 85 ? 'QUARANTINE' : 'DEACTIVATED';
  const contract = contractOf(seed, calendar, {
    ...decision,
    ...changesOf(site, days, ended !== null),
    status,
    soldAtMs,
    activatedAtMs,
    endedAtMs: endedAtMs ?? undefined,
    silences: isSuspended ? [{ fromMs: suspendedFromMs, untilMs: null }] : [],
  });
  // Half of the numbers that were given up long ago went back to the range: served by nobody.
  const isReturned = status === 'DEACTIVATED' && endedAtMs !== null && place % 2 === 0;
  const untilMs = isReturned && endedAtMs !== null ? endedAtMs + 90 * DAY_MS : null;
  return { tenures: [{ operator: home, sinceMs: soldAtMs, untilMs, contracts: [contract] }], traffic: null };
}

function corporateLine(site: Site, situation: Extract<Situation, { kind: 'CORPORATE' }>): LineBody {
  const { calendar, draws, seed, home, place } = site;
  const isFirst = place === situation.firstPlace;
  const isMachine = situation.trade === 'MACHINE';
  const profile = PROFILE_OF_TRADE[situation.trade];
  const soldAtMs = inOfficeHours(site, site.ageDays);
  const user: PersonRef = isMachine && !isFirst ? borrowedPerson(home, situation.firstPlace) : ownPerson(site);
  const contract = contractOf(seed, calendar, {
    ...privateDecision(site, 0, profile, user, ownHandset(site, profile)),
    plan: 'BUSINESS',
    holder: { kind: 'COMPANY', number: situation.company, trade: situation.trade, borrowed: !isFirst },
    user,
    soldAtMs,
    activatedAtMs: soldAtMs + 30 * MINUTE_MS,
  });
  const purpose = PURPOSE_OF_TRADE[situation.trade];
  const traffic: KnownTraffic | null =
    purpose !== null && draws.chance(0.8)
      ? { purpose, grantedAtMs: soldAtMs + DAY_MS, expiresAtMs: calendar.daysAgo(-draws.whole(40, 320)) }
      : null;
  return { tenures: [{ operator: home, sinceMs: soldAtMs, untilMs: null, contracts: [contract] }], traffic };
}

const PROFILE_OF_TRADE: Readonly<Record<Trade, TrafficProfile>> = {
  ANY: 'BUSINESS',
  CALL_CENTRE: 'CALL_CENTRE',
  DELIVERY: 'COURIER',
  MACHINE: 'ALARM',
};

const PURPOSE_OF_TRADE: Readonly<Record<Trade, KnownTraffic['purpose'] | null>> = {
  ANY: null,
  CALL_CENTRE: 'CALL_CENTRE',
  DELIVERY: 'DELIVERY',
  MACHINE: 'MACHINE',
};

/** Sold by one dealer within days, all in one handset. */
function simBoxLine(site: Site, firstPlace: number): LineBody {
  const { calendar, draws, seed, home, place } = site;
  const soldAtMs = inOfficeHours(site, 12 + (firstPlace % 17) + draws.whole(0, 4));
  const gateway = lineKey(home, firstPlace) * PEOPLE_PER_LINE;
  const contract = contractOf(seed, calendar, {
    ...privateDecision(site, 0, 'SIM_BOX', ownPerson(site), {
      number: gateway,
      handsetKind: 'GATEWAY',
      borrowed: place !== firstPlace,
    }),
    plan: 'PREPAID',
    dealer: firstPlace % DEALERS,
    soldAtMs,
    activatedAtMs: soldAtMs + draws.whole(10, 50) * MINUTE_MS,
  });
  return { tenures: [{ operator: home, sinceMs: soldAtMs, untilMs: null, contracts: [contract] }], traffic: null };
}

function privateDecision(
  site: Site,
  ordinal: number,
  profile: TrafficProfile,
  holder: PersonRef,
  handset: HandsetRef,
): Omit<ContractDecision, 'soldAtMs' | 'activatedAtMs'> {
  return {
    key: site.key * CONTRACTS_PER_LINE + ordinal,
    status: 'ACTIVE',
    plan: site.draws.chance(0.7) ? 'PREPAID' : 'POSTPAID',
    holder,
    dealer: site.draws.whole(0, DEALERS - 1),
    profile,
    handset,
  };
}

/** A quarter of the lines changed handsets, an eighth got a new SIM card; a few of them lately. */
function changesOf(site: Site, days: number, isOver: boolean): Partial<ContractDecision> {
  const { draws, key } = site;
  if (isOver || days < 30) return {};
  const hasFormer = draws.chance(0.25);
  const handsetDays = draws.whole(1, draws.chance(0.2) ? 20 : days - 5);
  const hasNewCard = draws.chance(0.12);
  const cardDays = draws.whole(1, draws.chance(0.15) ? 12 : days - 4);
  return {
    formerHandset: hasFormer ? { number: key * PEOPLE_PER_LINE + 1, handsetKind: 'PHONE', borrowed: false } : null,
    formerHandsetUntilMs: inOfficeHours(site, handsetDays),
    simReplacedAtMs: hasNewCard ? inOfficeHours(site, cardDays) : null,
  };
}

function privateProfile(draws: Draws): TrafficProfile {
  const share = draws.unit();
  if (share < 0.0012) return 'MASS_CALLER';
  if (share < 0.002) return 'BULK_SMS';
  if (share < 0.014) return 'COURIER';
  if (share < 0.1) return 'HEAVY';
  return share < 0.25 ? 'QUIET' : 'ORDINARY';
}

function ownHandset(site: Site, profile: TrafficProfile): HandsetRef {
  const isModule = profile === 'ALARM' || profile === 'BULK_SMS';
  const handsetKind = isModule ? 'MODULE' : profile === 'QUIET' ? 'BUTTON_PHONE' : 'PHONE';
  return { number: site.key * PEOPLE_PER_LINE, handsetKind, borrowed: false };
}

function ownPerson(site: Site): PersonRef {
  return { kind: 'PERSON', number: populationPerson(site.home, site.place), borrowed: false };
}

/** Some people hold a line at Kcell too, at the same place there. */
function knownPerson(site: Site): PersonRef {
  const home = site.home !== 0 && site.place % 12 === 5 ? 0 : site.home;
  return { kind: 'PERSON', number: populationPerson(home, site.place), borrowed: false };
}

function borrowedPerson(home: OperatorIndex, place: number): Extract<HolderRef, { kind: 'PERSON' }> {
  return { kind: 'PERSON', number: populationPerson(home, place), borrowed: true };
}

function inOfficeHours(site: Site, days: number): number {
  return site.calendar.daysAgo(days) + 9 * HOUR_MS + site.draws.whole(0, 11 * HOUR_MS - 1);
}
