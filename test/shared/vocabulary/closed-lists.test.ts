// Every enum of the public contract is one closed list of the vocabulary, word for word and in order.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Kind, parse } from 'graphql';
import * as appeal from '../../../shared/vocabulary/appeal';
import * as blockOrder from '../../../shared/vocabulary/block-order';
import * as caseFile from '../../../shared/vocabulary/case-file';
import { asEnum, isOneOf } from '../../../shared/vocabulary/closed-list';
import * as device from '../../../shared/vocabulary/device';
import * as duty from '../../../shared/vocabulary/duty';
import * as fraudCase from '../../../shared/vocabulary/fraud-case';
import * as liability from '../../../shared/vocabulary/liability';
import * as line from '../../../shared/vocabulary/line';
import * as risk from '../../../shared/vocabulary/risk';
import * as simCap from '../../../shared/vocabulary/sim-cap';
import * as subscriber from '../../../shared/vocabulary/subscriber';
import * as trail from '../../../shared/vocabulary/trail';
import * as userError from '../../../shared/vocabulary/user-error';

const LISTS: readonly (readonly [name: string, words: readonly string[]])[] = [
  appeal,
  blockOrder,
  caseFile,
  device,
  duty,
  fraudCase,
  liability,
  line,
  risk,
  simCap,
  subscriber,
  trail,
  userError,
].flatMap((room) => Object.entries(room as Readonly<Record<string, readonly string[]>>));

const ENUMS = ['fraud-cases', 'numbering', 'operator'].flatMap((subgraph) =>
  parse(readFileSync(join(__dirname, '../../contract', `${subgraph}.graphql`), 'utf8')).definitions.flatMap(
    (definition) =>
      definition.kind === Kind.ENUM_TYPE_DEFINITION
        ? [[definition.name.value, (definition.values ?? []).map((value) => value.name.value)] as const]
        : [],
  ),
);

describe('the contract', () => {
  test.each(ENUMS)('enum %s is a list', (_name, words) => {
    expect(LISTS.map(([, list]) => list)).toContainEqual(words);
  });
  test('has an enum for every list', () => {
    for (const [name, list] of LISTS)
      expect([name, ENUMS.some(([, words]) => words.join() === list.join())]).toEqual([name, true]);
    expect(LISTS).toHaveLength(ENUMS.length);
  });
});

test('a word of a list is told from every other text', () => {
  expect(isOneOf(risk.RISK_LEVELS, 'HIGH')).toBe(true);
  for (const other of ['high', 'HIGH\n', '', 'length', '0', 'constructor', 0, null, undefined, ['HIGH']]) {
    expect(isOneOf(risk.RISK_LEVELS, other)).toBe(false);
  }
});

test('a list as an enum has its words as names and values', () => {
  expect(asEnum(blockOrder.BLOCK_KINDS)).toEqual({ TEMPORARY: 'TEMPORARY', CONFIRMED: 'CONFIRMED' });
});
