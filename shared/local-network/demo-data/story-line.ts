// The numbers that must show something certain: the named stories and the suspects and victims of the demo's cases. They are the
// same at every scale; what the population is like does not touch them.

import type { CaseFact } from '../../vocabulary/seed-fact';
import { caseSubject, DEMO_CASES, MOVED_AT, MOVED_CASE, OPEN_CASE, RING_LINES } from './case-subject';
import { contractOf } from './contract-plan';
import { type DemoCalendar, HOUR_MS, MINUTE_MS } from './demo-calendar';
import { BEELINE, KCELL, OPERATOR_INDICES, TELE2 } from './demo-operator';
import { blockedSpans } from './enforcement-fact';
import { company, FIRST_STORY_COMPANY, person } from './identity';
import type { HandsetRef, KnownTraffic, Line, Tenure } from './line';
import { contractKey, personRef, StoryMaker, storyNumber, type Wishes } from './story-maker';
import { type CaseLine, STORY_NUMBERS, storyLineAt, victimLine } from './story-number';
import type { TrafficProfile } from './traffic-profile';

/** Lines of the SIM box: numbers from `STORY_NUMBERS.simBox` upwards. */
export const SIM_BOX_LINES = 24;

/** Number of the person who holds twelve lines over three operators. */
export const OVER_CAP_PERSON = storyNumber(1);
/** One of that person's lines. */
export const OVER_CAP_LINE = storyLineAt(KCELL, 0, 4_125_000).msisdn;
/** Number of the person who holds twelve lines at Kcell with an approved justification. */
export const JUSTIFIED_PERSON = storyNumber(2);
/** Number of the company of the corporate story. */
export const CORPORATE_COMPANY = FIRST_STORY_COMPANY;
/** The handset of the SIM box. */
export const SIM_BOX_HANDSET: HandsetRef = { number: storyNumber(0), handsetKind: 'GATEWAY', borrowed: false };

/** The modules of the justified person. */
export const JUSTIFIED_MODULES: readonly HandsetRef[] = [0, 1, 2, 3].map((place) => ({
  number: storyNumber(500 + place),
  handsetKind: 'MODULE',
  borrowed: false,
}));

/** Every line of stories and cases. `cases` tell when their numbers were blocked. */
export function storyLines(seed: number, calendar: DemoCalendar, cases: readonly CaseFact[]): readonly Line[] {
  const make = new StoryMaker(seed, calendar);
  return [
    make.private(10, { msisdn: STORY_NUMBERS.clean, operator: KCELL }, { days: 130, verification: 'PASSED' }),
    ported(make, 11),
    recycled(make, 12),
    make.private(
      13,
      { msisdn: STORY_NUMBERS.bulkSms, operator: TELE2 },
      { days: 46, profile: 'BULK_SMS', plan: 'PREPAID' },
    ),
    make.private(
      14,
      { msisdn: STORY_NUMBERS.unverified, operator: BEELINE },
      { sinceMs: LONG_BEFORE_BIOMETRY_MS, verification: 'LEGACY_UNVERIFIED' },
    ),
    ...corporate(make, 20),
    ...callCentre(make, 30),
    ...simBox(make, 100),
    ...overCap(make, 200),
    ...justified(make, 220),
    ...caseLines(make, 300, cases),
  ];
}

/** The person of that number, as stories name people: by IIN. */
export function storyPerson(seed: number, number: number): { readonly iin: string } {
  return person(seed, number);
}

/** BIN of the corporate story. */
export function storyBin(seed: number): string {
  return company(seed, CORPORATE_COMPANY, 'ANY').bin;
}

/** 2023-04-12, 11:24 in Almaty (then UTC+6). */
const LONG_BEFORE_BIOMETRY_MS = Date.UTC(2023, 3, 12, 5, 24);

/** At Kcell, then within the usage window to Tele2. */
function ported(make: StoryMaker, place: number): Line {
  const movedMs = make.sale(place, 24);
  return make.moved(place, { msisdn: STORY_NUMBERS.ported, operator: KCELL }, TELE2, movedMs, { days: 640 });
}

/** One tenure, two holders, a quarantine between them. */
function recycled(make: StoryMaker, place: number): Line {
  const formerMs = make.sale(place, 820);
  const soldAtMs = make.sale(place + 1, 110);
  const former = contractOf(make.seed, make.calendar, {
    ...make.decision(place, {
      holder: personRef(storyNumber(900)),
      handset: { number: storyNumber(900), handsetKind: 'PHONE', borrowed: false },
    }),
    key: contractKey(900),
    status: 'DEACTIVATED',
    soldAtMs: formerMs,
    activatedAtMs: formerMs + 20 * MINUTE_MS,
    endedAtMs: make.sale(place + 2, 260),
  });
  const current = contractOf(make.seed, make.calendar, {
    ...make.decision(place, { verification: 'PASSED' }),
    soldAtMs,
    activatedAtMs: soldAtMs + 30 * MINUTE_MS,
  });
  const tenure: Tenure = { operator: BEELINE, sinceMs: formerMs, untilMs: null, contracts: [former, current] };
  return { msisdn: STORY_NUMBERS.recycled, tenures: [tenure], traffic: null };
}

/** Three lines of one company at Kcell, each with its employee. */
function corporate(make: StoryMaker, place: number): Line[] {
  return [0, 1, 2].map((line) => {
    const msisdn = neighbour(STORY_NUMBERS.corporate, line);
    return make.corporate(place + line, { msisdn, operator: KCELL }, CORPORATE_COMPANY, 'ANY', {
      days: 240,
      profile: 'BUSINESS',
    });
  });
}

/** Six lines of a call centre at Tele2, known to the operator. */
function callCentre(make: StoryMaker, place: number): Line[] {
  return [0, 1, 2, 3, 4, 5].map((line) => {
    const traffic: KnownTraffic = {
      purpose: 'CALL_CENTRE',
      grantedAtMs: make.calendar.daysAgo(160),
      expiresAtMs: make.calendar.daysAgo(-200),
    };
    const wishes: Wishes = { days: 300, profile: 'CALL_CENTRE', traffic };
    const at = { msisdn: neighbour(STORY_NUMBERS.callCentre, line), operator: TELE2 };
    return make.corporate(place + line, at, FIRST_STORY_COMPANY + 1, 'CALL_CENTRE', wishes);
  });
}

/** At Beeline: prepaid lines of many people, sold by one dealer, in one handset. */
function simBox(make: StoryMaker, place: number): Line[] {
  return Array.from({ length: SIM_BOX_LINES }, (_, line) =>
    make.private(
      place + line,
      { msisdn: neighbour(STORY_NUMBERS.simBox, line), operator: BEELINE },
      {
        days: 21 - (line % 4),
        profile: 'SIM_BOX',
        plan: 'PREPAID',
        dealer: 11,
        handset: SIM_BOX_HANDSET,
        verification: 'PASSED',
      },
    ),
  );
}

/** Four lines at each operator, one holder, no justification. */
function overCap(make: StoryMaker, place: number): Line[] {
  return OPERATOR_INDICES.flatMap((operator) =>
    [0, 1, 2, 3].map((line) =>
      make.private(place + operator * 4 + line, storyLineAt(operator, line, 4_125_000 + operator * 10 + line), {
        days: 90 + operator * 40 + line * 60,
        profile: line === 0 ? 'ORDINARY' : 'QUIET',
        holder: personRef(OVER_CAP_PERSON),
      }),
    ),
  );
}

/** Twelve lines at one operator; the four youngest are in the modules that the justification names. */
function justified(make: StoryMaker, place: number): Line[] {
  return Array.from({ length: 12 }, (_, line) => {
    const module = JUSTIFIED_MODULES[line - 8];
    return make.private(place + line, storyLineAt(KCELL, line, 4_126_000 + line), {
      days: 75 + (11 - line) * 20,
      profile: module ? 'ALARM' : 'QUIET',
      holder: personRef(JUSTIFIED_PERSON),
      handset: module,
    });
  });
}

/** The suspects and victims of all cases. */
function caseLines(make: StoryMaker, place: number, cases: readonly CaseFact[]): Line[] {
  const lines: Line[] = [];
  for (let ordinal = 1; ordinal <= DEMO_CASES; ordinal += 1) {
    const { suspect, victim, fraudType } = caseSubject(ordinal);
    const wishes = { ...suspectWishes(cases, suspect, fraudType), days: 110 + ordinal };
    const movedMs = make.calendar.daysAgo(MOVED_AT.days) + MOVED_AT.hour * HOUR_MS;
    lines.push(
      ordinal === MOVED_CASE
        ? make.moved(place + ordinal, suspect, MOVED_AT.to, movedMs, wishes)
        : make.private(place + ordinal, suspect, wishes),
    );
    if (victim !== null) lines.push(make.private(place + 50 + ordinal, victim, { days: 400 + ordinal * 9 }));
    if (ordinal === OPEN_CASE) lines.push(make.private(place + 90, victimLine(70), { days: 350 }));
  }
  for (const [ring, line] of RING_LINES.entries()) {
    lines.push(
      make.private(place + 92 + ring, line, { ...suspectWishes(cases, line, 'SIM_BOX_BYPASS'), days: 96 + ring }),
    );
  }
  return lines;
}

function suspectWishes(cases: readonly CaseFact[], suspect: CaseLine, fraudType: string): Wishes {
  const profile = PROFILE_OF_FRAUD[fraudType] ?? 'ORDINARY';
  return { profile, plan: 'PREPAID', silences: blockedSpans(cases, suspect.msisdn) };
}

/** The number that lies `steps` above another. */
function neighbour(msisdn: string, steps: number): string {
  return `+${Number(msisdn.slice(1)) + steps}`;
}

const PROFILE_OF_FRAUD: Readonly<Record<string, TrafficProfile>> = {
  MASS_CALLING: 'MASS_CALLER',
  SIM_BOX_BYPASS: 'SIM_BOX',
  BULK_SMS: 'BULK_SMS',
  MIRROR_SITE: 'BULK_SMS',
  PHONE_IMPERSONATION: 'IMPERSONATOR',
  CREDIT_FRAUD: 'IMPERSONATOR',
};
