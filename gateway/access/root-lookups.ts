// Which fields of the root look somebody up: a number, of which the answer itself says whether anybody has it, and a person, a company or a
// handset, whom the bank must allow before any operator is asked. Reads arguments and answers; asks nobody.

import { type SubjectType, subjectKey } from '../../shared/access/lookup-grant';
import { parseBin } from '../../shared/vocabulary/bin';
import { parseIin } from '../../shared/vocabulary/iin';
import { parseImei } from '../../shared/vocabulary/imei';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import type { Result } from '../../shared/vocabulary/result';
import type { RootCall } from '../plan/root-calls';

/** The look-ups of one operation. */
export interface RootLookups {
  /** Keys of those whom the bank must allow, by source key of the field. */
  readonly subjects: ReadonlyMap<string, string>;
  /** How many numbers a value says that nobody has. */
  missesIn(sourceKey: string, value: JsonValue): number;
}

/** The look-ups among calls of the root; null when there are none. */
export function lookupsIn(calls: readonly RootCall[], variables: JsonObject): RootLookups | null {
  let found = false;
  const subjects = new Map<string, string>();
  const numbers = new Set<string>();
  for (const { name, sourceKey, argumentsIn } of calls) {
    if (NUMBERS.has(name)) {
      found = true;
      numbers.add(sourceKey);
    }
    const lookup = LOOKUPS.get(name);
    if (lookup === undefined) continue;
    found = true;
    const told: unknown = argumentsIn(variables)[lookup.argument];
    const parsed = typeof told === 'string' ? lookup.parse(told) : null;
    // What is no identifier at all is refused by its owner, whoever asks.
    if (parsed?.ok === true) subjects.set(sourceKey, subjectKey(lookup.type, parsed.value));
  }
  if (!found) return null;
  return {
    subjects,
    missesIn(sourceKey, value) {
      if (!numbers.has(sourceKey)) return 0;
      if (Array.isArray(value)) return value.filter((item: JsonValue) => item === null).length;
      return value === null ? 1 : 0;
    },
  };
}

interface Lookup {
  readonly argument: string;
  readonly type: SubjectType;
  readonly parse: (text: string) => Result<string, unknown>;
}

const NUMBERS: ReadonlySet<string> = new Set(['phoneNumber', 'phoneNumbers']);
const LOOKUPS: ReadonlyMap<string, Lookup> = new Map([
  ['person', { argument: 'iin', type: 'OperatorHolding', parse: parseIin }],
  ['legalEntity', { argument: 'bin', type: 'CorporateHolding', parse: parseBin }],
  ['device', { argument: 'imei', type: 'DeviceSighting', parse: parseImei }],
]);
