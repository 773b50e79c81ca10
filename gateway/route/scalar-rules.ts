// What a leaf of each known scalar looks like in an answer. A number, an object or a list where one of these is asked is a lie or a
// fault; a scalar that is not listed takes any JSON, because nothing is known of it.

import type { JsonValue } from '../../shared/vocabulary/json';
import type { ScalarRules } from './leaf-rule';

/** Rules by name of scalar: the vocabulary's canonical forms. */
export const KNOWN_SCALARS: ScalarRules = {
  Msisdn: form(/^\+[1-9][0-9]{6,14}$/),
  Iin: form(/^[0-9]{12}$/),
  Bin: form(/^[0-9]{12}$/),
  Imei: form(/^[0-9]{15}$/),
  Iccid: form(/^[0-9]{18,22}$/),
  DateTime: form(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/),
  Date: form(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/),
  Kzt: form(/^-?[0-9]{1,18}(?:\.[0-9]{1,2})?$/),
};

/** The same names for a supergraph that is not ours: its scalars may have another form, but a scalar of that name is told as text. */
export const TEXT_SCALARS: ScalarRules = Object.fromEntries(Object.keys(KNOWN_SCALARS).map((name) => [name, isText]));

function form(pattern: RegExp): (value: JsonValue) => boolean {
  return (value) => typeof value === 'string' && value.length <= 64 && pattern.test(value);
}

function isText(value: JsonValue): boolean {
  return typeof value === 'string';
}
