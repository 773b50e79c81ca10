// The scalars of every subgraph: the parsers of the vocabulary as GraphQL sees them. They take strings and nothing else, in
// variables and literals alike, and hold the canonical text. What was sent is never repeated in an error.

import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { AppError } from '../vocabulary/app-error';
import { parseBin } from '../vocabulary/bin';
import { parseDay } from '../vocabulary/day';
import { ERROR_CATALOGUE } from '../vocabulary/error-catalogue';
import { parseIccid } from '../vocabulary/iccid';
import { parseIin } from '../vocabulary/iin';
import { parseImei } from '../vocabulary/imei';
import { msToInstant, parseInstant } from '../vocabulary/instant';
import { parseKzt } from '../vocabulary/kzt';
import { parseMsisdn } from '../vocabulary/msisdn';
import type { Result } from '../vocabulary/result';

/** A mobile number; national spellings are read, `+77…` is written. */
export const MsisdnScalar = textScalar(
  'Msisdn',
  'E.164 mobile number of Kazakhstan: +77 and nine digits. National spellings (8 701 …, 7701…, spaces, dashes, brackets) are accepted as input. Personal datum.',
  parseMsisdn,
);

/** An individual identification number. */
export const IinScalar = textScalar(
  'Iin',
  'Individual identification number, 12 digits with a check digit. Personal datum.',
  parseIin,
);

/** A business identification number. */
export const BinScalar = textScalar('Bin', 'Business identification number, 12 digits with a check digit.', parseBin);

/** A handset's identity. */
export const ImeiScalar = textScalar(
  'Imei',
  'International mobile equipment identity, 15 digits with a Luhn check digit. Personal datum once tied to a line.',
  parseImei,
);

/** A SIM card's serial number. */
export const IccidScalar = textScalar(
  'Iccid',
  'SIM card serial number, 19 or 20 digits with a Luhn check digit. Personal datum once tied to a line.',
  parseIccid,
);

/** An instant; inside it is canonical text, and a `Date` of a database row is written as one too. */
export const DateTimeScalar = textScalar(
  'DateTime',
  'RFC 3339 instant with an offset; written in UTC with whole milliseconds.',
  parseInstant,
);

/** A day in Almaty. */
export const DateScalar = textScalar('Date', 'Calendar day in Asia/Almaty, YYYY-MM-DD.', parseDay);

/** An amount of money. */
export const KztScalar = textScalar('Kzt', 'Amount in tenge with two decimals, as a string.', parseKzt);

function textScalar<Value extends string>(
  name: string,
  description: string,
  parse: (text: string) => Result<Value, string>,
): GraphQLScalarType<Value, string> {
  const read = (sent: unknown): Value => {
    if (typeof sent !== 'string') throw badInput();
    const parsed = parse(sent);
    if (!parsed.ok) throw badInput();
    return parsed.value;
  };
  return new GraphQLScalarType({
    name,
    description,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : null),
    serialize: (value) => {
      const parsed = parse(value instanceof Date ? msToInstant(value.getTime()) : String(value));
      // Our own resolver gave something that this scalar cannot hold: a defect or a bad row, never the caller's fault.
      if (!parsed.ok)
        throw new AppError('INTERNAL', `A field of type ${name} required a valid value, but got another.`);
      return parsed.value;
    },
  });
}

function badInput(): GraphQLError {
  return new GraphQLError(ERROR_CATALOGUE.BAD_USER_INPUT.message, { extensions: { code: 'BAD_USER_INPUT' } });
}
