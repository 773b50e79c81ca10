// Holds the answer of an untrusted server against the question it was asked: same keys in the same places, only what was asked, of
// the right type. What does not fit is null and named; nothing that the server wrote reaches a client except checked values. Pure.

import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import type { FetchPlan } from '../plan/plan-node';
import type { PartitionRule } from '../supergraph/partition-rules';
import { isJsonObject, repeatsMembers, type ToldObject } from './answer-body';
import { fittingObject, LOST, type Reading, readObject, readValue, sameKey } from './answer-shape';
import { type AskedFields, askedFields } from './asked-fields';
import type { EntityQuestion, RootQuestion } from './compiled-question';
import type { ScalarRules } from './leaf-rule';
import { representationsOf, targetText } from './partition';
import { compileQuestion } from './question';
import type { ServedSchema } from './served-schema';
import type { SubgraphAnswer, SubgraphError } from './subgraph-call';

/** What one server is asked and how its answer is checked. */
export interface AskedOperation {
  /** Text of the operation, reserved aliases included. */
  readonly operation: string;
  /** The part of `answer` that may be believed; `variables` are those that were sent to `target`. Null when it tells a member twice. */
  check(answer: ToldObject, variables: JsonObject, target: string): SubgraphAnswer | null;
}

/** One root field of a mutation. */
export interface AskedField extends AskedOperation {
  readonly responseKey: string;
  /** True when the server does not have the field; then it is not asked. */
  readonly lacking: boolean;
  /** The server that the field's own argument names; null when it names none. */
  targetIn(variables: JsonObject): string | null;
}

/** The question of one fetch, the same for every request that uses the plan. */
export interface Question {
  /** The whole fetch, when it asks for entities. */
  readonly whole: AskedOperation;
  /** Its fields one by one, when it is a mutation; in the order of the document. */
  readonly rootFields: readonly AskedField[];
  /** Types whose representations the server does not know; they are not sent to it. */
  readonly unknownTypes: ReadonlySet<string>;
  /** What it asks of entities. */
  readonly fields: AskedFields;
}

/** Gives each fetch its question; `served` is the schema of the server that is asked, null when it is the contract. */
export type Questions = (rule: PartitionRule, fetch: FetchPlan, served: ServedSchema | null) => Question;

/** Questions compiled at first use and kept as long as their plan and their schema live. */
export function createQuestions(scalars: ScalarRules): Questions {
  const ofContract = new WeakMap<FetchPlan, Question>();
  const ofServed = new WeakMap<ServedSchema, WeakMap<FetchPlan, Question>>();

  function questionsOf(served: ServedSchema | null): WeakMap<FetchPlan, Question> {
    if (served === null) return ofContract;
    let questions = ofServed.get(served);
    if (questions === undefined) {
      questions = new WeakMap();
      ofServed.set(served, questions);
    }
    return questions;
  }

  return (rule, fetch, served) => {
    const questions = questionsOf(served);
    let question = questions.get(fetch);
    if (question === undefined) {
      question = askedQuestion(fetch, rule, scalars, served);
      questions.set(fetch, question);
    }
    return question;
  };
}

/** Error entries that are looked at; a server that sends more tells no more by it. */
const ERROR_ENTRIES = 1_000;

function askedQuestion(
  fetch: FetchPlan,
  rule: PartitionRule,
  scalars: ScalarRules,
  served: ServedSchema | null,
): Question {
  const { operation, entities, roots, defaults, unknownTypes } = compileQuestion(fetch, rule, scalars, served);
  const hasDefaults = Object.keys(defaults).length > 0;
  const complete = (variables: JsonObject): JsonObject => (hasDefaults ? { ...defaults, ...variables } : variables);
  return {
    whole: {
      operation,
      check: (answer, given, target) => {
        const variables = complete(given);
        const honest = honestEntities(entities, answer, variables, target);
        if (honest !== null) return honest;
        return repeatsMembers(answer) ? null : checkEntities(entities, answer.value, variables, target);
      },
    },
    rootFields: roots.map((root) => {
      const targetIn = targetReader(root, rule);
      return {
        responseKey: root.responseKey,
        lacking: root.lacking,
        operation: root.operation,
        targetIn: (variables) => targetIn(complete(variables)),
        check: (answer, variables, target) =>
          repeatsMembers(answer) ? null : checkRoot(root, answer.value, complete(variables), target),
      };
    }),
    unknownTypes,
    fields: askedFields(entities, rule),
  };
}

const NO_ERRORS: readonly SubgraphError[] = [];

/** The answer as it stands, when it is exactly what was asked, member by member; null when it has to be looked into. */
function honestEntities(
  entities: readonly EntityQuestion[],
  { value, told }: ToldObject,
  variables: JsonObject,
  target: string,
): SubgraphAnswer | null {
  const { data } = value;
  if (!isJsonObject(data)) return null;
  const reading: Reading = { target, variables, path: [], misfits: [], lacks: [] };
  let members = 1 + entities.length;
  for (const question of entities) {
    const representations = representationsOf(variables, question.entity);
    const rows = data[question.entity.responseKey];
    if (!Array.isArray(rows) || rows.length !== representations.length) return null;
    for (let place = 0; place < rows.length; place += 1) {
      const row: JsonValue = rows[place];
      if (row === null) continue;
      const fitting = fittingRow(question, row, representations[place] ?? null, reading);
      if (fitting < 0) return null;
      members += fitting;
    }
  }
  // As many members as the text spells: none stands twice, and none stands beside those that were looked at.
  return members === told ? { data, errors: NO_ERRORS } : null;
}

function fittingRow(question: EntityQuestion, row: JsonValue, representation: JsonValue, reading: Reading): number {
  if (!isJsonObject(row) || !isJsonObject(representation)) return -1;
  const typename = representation.__typename;
  const expected = typeof typename === 'string' ? question.rows.get(typename) : undefined;
  const actual = row[question.typeKey];
  const shape = typeof actual === 'string' ? expected?.shapes.get(actual) : undefined;
  if (expected === undefined || shape === undefined || expected.keys.length === 0) return -1;
  for (const { alias, name } of expected.keys) {
    // A key of several levels is left to the reading.
    const key = row[alias];
    if (typeof key === 'object' || !sameKey(representation[name], key)) return -1;
  }
  for (const { responseKey, name } of shape.echoes) {
    if (!sameKey(representation[name], row[responseKey])) return -1;
  }
  return fittingObject(shape.shape, row, 1 + expected.keys.length, reading);
}

function checkEntities(
  entities: readonly EntityQuestion[],
  answer: JsonObject,
  variables: JsonObject,
  operatorCode: string,
): SubgraphAnswer {
  const data: Record<string, JsonValue> = {};
  const told = isJsonObject(answer.data) ? answer.data : null;
  const refused = isRefusal(answer);
  const reading: Reading = { target: operatorCode, variables, path: [], misfits: [], lacks: [] };
  const errors: SubgraphError[] = [];
  for (const question of entities) {
    const key = question.entity.responseKey;
    const representations = representationsOf(variables, question.entity);
    const rows = told !== null && Object.hasOwn(told, key) ? told[key] : undefined;
    if (!Array.isArray(rows) || rows.length !== representations.length) {
      // Without a row for each question no row has a place; an operator that refused the whole call has said so in errors.
      const code: ErrorCode =
        refused && (rows === undefined || rows === null) ? 'OPERATOR_ERROR' : 'OPERATOR_BAD_RESPONSE';
      data[key] = representations.map(() => null);
      representations.forEach((_row, place) => {
        errors.push({ path: [key, place], code, operatorCode });
      });
      continue;
    }
    reading.path.push(key, 0);
    const checked: JsonValue[] = [];
    for (let place = 0; place < rows.length; place += 1) {
      reading.path[1] = place;
      const row: JsonValue = rows[place];
      const read = row === null ? null : readRow(question, row, representations[place] ?? null, reading);
      if (read === LOST) reading.misfits.push([key, place]);
      checked.push(read === LOST ? null : read);
    }
    reading.path.length = 0;
    data[key] = checked;
  }
  return concluded(data, answer, reading, errors);
}

/** A row that answers its representation, or LOST: also when one of its own fields that may not be null is lost. */
function readRow(
  question: EntityQuestion,
  row: JsonValue,
  representation: JsonValue,
  reading: Reading,
): JsonValue | typeof LOST {
  if (!isJsonObject(row) || !isJsonObject(representation)) return LOST;
  const typename = representation.__typename;
  const expected = typeof typename === 'string' ? question.rows.get(typename) : undefined;
  const actual = row[question.typeKey];
  const shape = typeof actual === 'string' ? expected?.shapes.get(actual) : undefined;
  if (expected === undefined || shape === undefined || expected.keys.length === 0) return LOST;
  for (const { alias, name } of expected.keys) {
    if (!sameKey(representation[name], row[alias])) return LOST;
  }
  const misfits = reading.misfits.length;
  const lacks = reading.lacks.length;
  const read = readObject(shape.shape, row, reading);
  const isTrue =
    read !== LOST &&
    shape.echoes.every(
      ({ responseKey, name }) => !Object.hasOwn(read, responseKey) || sameKey(representation[name], read[responseKey]),
    );
  if (isTrue) return read;
  // What is wrong inside a row that is lost as a whole needs no telling.
  reading.misfits.length = misfits;
  reading.lacks.length = lacks;
  return LOST;
}

function checkRoot(
  root: RootQuestion,
  answer: JsonObject,
  variables: JsonObject,
  operatorCode: string,
): SubgraphAnswer {
  const key = root.responseKey;
  const told = isJsonObject(answer.data) && Object.hasOwn(answer.data, key) ? answer.data[key] : undefined;
  if ((told === undefined || told === null) && isRefusal(answer)) {
    return { data: null, errors: [{ path: [key], code: 'OPERATOR_ERROR', operatorCode }] };
  }
  const reading: Reading = { target: operatorCode, variables, path: [key], misfits: [], lacks: [] };
  const read = readValue(root.value, told, reading);
  const data: Record<string, JsonValue> = Object.create(null);
  data[key] = read === LOST ? null : read;
  return concluded(data, answer, reading, []);
}

/** Adds what the server itself says it could not answer: where, and nothing else of what it wrote. */
function concluded(data: JsonObject, answer: JsonObject, reading: Reading, errors: SubgraphError[]): SubgraphAnswer {
  const operatorCode = reading.target;
  for (const path of reading.misfits) errors.push({ path, code: 'OPERATOR_BAD_RESPONSE', operatorCode });
  for (const path of reading.lacks) errors.push({ path, code: 'OPERATOR_ERROR', operatorCode });
  if (!isRefusal(answer)) return { data, errors };
  const named = new Set(errors.map(({ path }) => JSON.stringify(path)));
  const add = (path: readonly (string | number)[]): void => {
    const name = JSON.stringify(path);
    if (named.has(name)) return;
    named.add(name);
    errors.push({ path, code: 'OPERATOR_ERROR', operatorCode });
  };
  for (const entry of answer.errors.slice(0, ERROR_ENTRIES)) {
    const path = isJsonObject(entry) ? entry.path : undefined;
    if (Array.isArray(path)) {
      const lost = nullAlong(data, path);
      if (lost !== null) add(lost);
    } else {
      for (const lost of nullRows(data)) add(lost);
    }
  }
  return { data, errors };
}

/** The place on a path where the checked answer is null; null when the path leads nowhere or to a value. */
function nullAlong(data: JsonObject, path: readonly JsonValue[]): readonly (string | number)[] | null {
  let value: JsonValue | undefined = data;
  for (let length = 0; length <= path.length; length += 1) {
    if (value === null) return path.slice(0, length) as (string | number)[];
    const step: JsonValue | undefined = path[length];
    if (Array.isArray(value) && typeof step === 'number') value = (value as readonly JsonValue[])[step];
    else if (isJsonObject(value) && typeof step === 'string' && Object.hasOwn(value, step)) value = value[step];
    else return null;
    if (value === undefined) return null;
  }
  return null;
}

function nullRows(data: JsonObject): readonly (readonly (string | number)[])[] {
  return Object.entries(data).flatMap(([key, rows]) => {
    if (rows === null) return [[key]];
    return Array.isArray(rows) ? rows.flatMap((row: JsonValue, place) => (row === null ? [[key, place]] : [])) : [];
  });
}

function isRefusal(answer: JsonObject): answer is JsonObject & { readonly errors: readonly JsonValue[] } {
  return Array.isArray(answer.errors) && answer.errors.length > 0;
}

/** Reads the partition argument of a root field: the client's variable, a literal, or the variable's default. */
function targetReader(root: RootQuestion, rule: PartitionRule): (variables: JsonObject) => string | null {
  const by = rule.rootArguments.get(root.name);
  const value = root.node.arguments?.find((argument) => argument.name.value === by)?.value;
  if (value?.kind === 'Variable') {
    const name = value.name.value;
    return (variables) => targetText(variables[name]);
  }
  const literal =
    value?.kind === 'StringValue' || value?.kind === 'IntValue' || value?.kind === 'EnumValue' ? value.value : null;
  const target = literal === null ? null : targetText(literal);
  return () => target;
}
