// People and companies by number: who person 17 is depends on the seed alone. Different numbers give different IINs and BINs,
// all of them with a right check digit, so that no list of those already given is needed.

import { binCheckDigit } from '../../vocabulary/bin';
import { iinCheckDigit } from '../../vocabulary/iin';
import { drawsFor, shuffled, uuidFor } from './draw';
import { companyName, personName, type Sex } from './person-name';

/** A natural person. `id` is the same at every operator; operators do not share it, the demo merely has no use for two. */
export interface Person {
  readonly kind: 'PERSON';
  readonly id: string;
  readonly iin: string;
  readonly fullName: string;
}

/** A legal entity. */
export interface Company {
  readonly kind: 'LEGAL_ENTITY';
  readonly id: string;
  readonly bin: string;
  readonly fullName: string;
}

export type Holder = Person | Company;

/** What a company does; it shows in its name. */
export type Trade = keyof typeof TRADES;

/** The person of that number, 0 up to about 20 million. */
export function person(seed: number, number: number): Person {
  const draws = drawsFor(seed, PERSON, number);
  const sex: Sex = draws.chance(0.52) ? 'FEMALE' : 'MALE';
  const born = new Date(bornAtMs(seed, number));
  const year = born.getUTCFullYear();
  const century = (year < 2000 ? 3 : 5) + (sex === 'FEMALE' ? 1 : 0);
  const front = `${two(year % 100)}${two(born.getUTCMonth() + 1)}${two(born.getUTCDate())}${century}`;
  const serial = shuffled(seed, SERIAL, number % SERIALS, SERIALS) * 2;
  return {
    kind: 'PERSON',
    id: uuidFor(seed, PERSON, number),
    iin: issuable(front, serial, 4, iinCheckDigit),
    fullName: personName(draws, sex, year),
  };
}

/** When the person of that number was born: midnight UTC of the day in the IIN. */
export function bornAtMs(seed: number, number: number): number {
  const place = number % SERIALS;
  const round = Math.floor(number / SERIALS);
  // People of one serial are spread evenly over the ages, so no two share a birthday: see BIRTHS for the densest decade.
  return birthday((reversedBits(round) / ROUNDS + shuffled(seed, BIRTHDAY, place, SERIALS) / SERIALS) % 1);
}

/** The company of that number, 0 to 49,999. */
export function company(seed: number, number: number, trade: Trade): Company {
  const draws = drawsFor(seed, COMPANY, number);
  const year = draws.whole(1998, 2024);
  const front = `${two(year % 100)}${two(draws.whole(1, 12))}40`;
  const serial = shuffled(seed, COMPANY, number, COMPANIES) * 2;
  return {
    kind: 'LEGAL_ENTITY',
    id: uuidFor(seed, COMPANY, number),
    bin: issuable(front, serial, 5, binCheckDigit),
    fullName: companyName(draws, TRADES[trade]),
  };
}

/** Companies with a number from here on belong to the stories. */
export const FIRST_STORY_COMPANY = 49_000;

const PERSON = 1;
const COMPANY = 2;
const BIRTHDAY = 3;
const SERIAL = 4;

const SERIALS = 5_000;
const COMPANIES = 50_000;
/** A power of two; the densest tenth of BIRTHS has a day for each of them. */
const ROUNDS = 4_096;

const TRADES = {
  ANY: ['Логистик', 'Строй', 'Трейд', 'Сервис', 'Агро', 'Мед', 'Консалтинг', 'Транс', 'Энерго', 'Фарм'],
  CALL_CENTRE: ['Контакт', 'Байланыс', 'Қолдау'],
  DELIVERY: ['Экспресс', 'Жеткізу', 'Курьер'],
  MACHINE: ['Күзет', 'Секьюрити', 'Телематика'],
} as const;

/** Of the people born in `years` there are `share`; the shares of the rows add up to 1. */
const BIRTHS: readonly { readonly years: readonly [from: number, until: number]; readonly share: number }[] = [
  { years: [1940, 1961], share: 0.1 },
  { years: [1961, 1971], share: 0.14 },
  { years: [1971, 1981], share: 0.18 },
  { years: [1981, 1991], share: 0.24 },
  { years: [1991, 2001], share: 0.23 },
  { years: [2001, 2007], share: 0.11 },
];

const DAY_MS = 86_400_000;

function birthday(spread: number): number {
  let left = spread;
  for (const { years, share } of BIRTHS) {
    if (left < share) {
      const from = Date.UTC(years[0], 0, 1);
      const days = (Date.UTC(years[1], 0, 1) - from) / DAY_MS;
      return from + Math.floor((left / share) * days) * DAY_MS;
    }
    left -= share;
  }
  return Date.UTC(1985, 5, 15);
}

/** The digits with a serial and their check digit; a serial that has no check digit gives way to the next one, which has. */
function issuable(
  front: string,
  serial: number,
  length: number,
  checkDigit: (first11: string) => number | null,
): string {
  const digits = front + String(serial).padStart(length, '0');
  const check = checkDigit(digits);
  if (check !== null) return digits + check;
  const next = front + String(serial + 1).padStart(length, '0');
  return next + String(checkDigit(next) ?? 0);
}

/** The bits of a round, mirrored: any first 2^k rounds are spread evenly. */
function reversedBits(round: number): number {
  let mirrored = 0;
  for (let bit = 1; bit < ROUNDS; bit *= 2) mirrored = mirrored * 2 + (Math.floor(round / bit) % 2);
  return mirrored;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
