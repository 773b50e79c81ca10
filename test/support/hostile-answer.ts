// Holds an answer of the gateway against the whole truth, when one operator lied: what may be missing, what may not, and what a client
// may be told about it. Returns every fault that it finds, so that a campaign can count them.

import { type WorldOperator, worldBankRow, worldNumber, worldOperatorOf, worldTenure } from './contract-world';
import type { Expectation } from './hostile-operator';

export const HOSTILE_QUERY = `query List($msisdns: [Msisdn!]!) {
  phoneNumbers(msisdns: $msisdns) {
    msisdn
    currentTenure {
      __typename operatorCode since
      contract { id status subscriber { kind maskedName } }
      simSwap { swapped monitoredPeriodDays }
      risk { level indicators { code value firedAt } }
    }
    blockStatus { state reason }
  }
}`;

/** Numbers for a question: `count` of the liar's, and as many of the others' between them when they are asked along. */
export function hostileNumbers(count: number, withOthers: boolean, from = 0): readonly string[] {
  const operators: readonly WorldOperator[] = withOthers ? ['beeline', 'kcell', 'tele2'] : ['kcell'];
  const each = Math.min(count, Math.floor(100 / operators.length));
  return Array.from({ length: each }, (_, index) => operators.map((name) => worldNumber(name, from + index))).flat();
}

export interface HostileVerdict {
  /** Values of one number shown under another, or otherwise untrue. */
  readonly wrong: readonly string[];
  /** Members that nobody asked for. */
  readonly foreign: readonly string[];
  /** Texts of the liar, or members of an error that may not be there. */
  readonly leaks: readonly string[];
  /** Losses that are not told, told elsewhere, told by another code, or that hit another party's fields. */
  readonly untold: readonly string[];
}

type Path = readonly (string | number)[];

/** The verdict on one answer. `lost`: the only field that may be missing; all of the liar's when undefined. */
export function judgeAnswer(
  body: string,
  msisdns: readonly string[],
  liar: string | null,
  expect: Expectation,
  lost: readonly string[] | undefined,
  alsoAllowed: readonly string[] = [],
): HostileVerdict {
  const wrong: string[] = [];
  const foreign: string[] = [];
  const leaks: string[] = [];
  const untold: string[] = [];
  if (body.includes('FORBIDDEN-TEXT') || body.includes('127.0.0.1') || body.includes('900101300007'))
    leaks.push('text');
  const answer = JSON.parse(body) as { data: unknown; errors?: readonly Record<string, unknown>[] };
  const missing: Path[] = [];

  const compare = (told: unknown, truth: unknown, path: Path): void => {
    if (told === null && truth !== null) missing.push(path);
    else if (typeof truth !== 'object' || truth === null || typeof told !== 'object') {
      if (told !== truth) wrong.push(`${path.join('.')}: ${JSON.stringify(told)}`);
    } else if (Array.isArray(truth)) {
      if (!Array.isArray(told) || told.length !== truth.length) wrong.push(`${path.join('.')}: another length`);
      else for (const [place, item] of truth.entries()) compare(told[place], item, [...path, place]);
    } else {
      for (const name of Object.keys(told as object))
        if (!Object.hasOwn(truth, name)) foreign.push([...path, name].join('.'));
      for (const [name, value] of Object.entries(truth)) {
        compare((told as Record<string, unknown>)[name] ?? null, value, [...path, name]);
      }
    }
  };
  compare(answer.data, { phoneNumbers: msisdns.map(truthOf) }, []);

  const ofLiar = (path: Path): boolean =>
    worldOperatorOf(msisdns[Number(path[1])] ?? '') === liar && path[2] === 'currentTenure';
  const codes = [...(typeof expect === 'string' ? [] : expect), ...alsoAllowed];
  const told: Path[] = [];
  for (const error of answer.errors ?? []) {
    const { code, requestId, retryable, operatorCode, ...rest } = (error.extensions ?? {}) as Record<string, unknown>;
    const { message, path, extensions, ...others } = error;
    if (Object.keys(rest).length > 0 || Object.keys(others).length > 0) leaks.push('a member of an error');
    if (typeof requestId !== 'string' || typeof retryable !== 'boolean' || typeof message !== 'string')
      leaks.push('form');
    if (operatorCode !== liar || !codes.includes(String(code)))
      untold.push(`${String(code)} of ${String(operatorCode)}`);
    if (Array.isArray(path)) told.push(path as Path);
    else untold.push('an error without a path');
  }
  for (const path of missing) {
    if (!ofLiar(path)) untold.push(`lost to another: ${path.join('.')}`);
    if (lost !== undefined && alsoAllowed.length === 0 && !path.includes(lost[0] ?? ''))
      untold.push(`lost: ${path.join('.')}`);
    const isTold = told.some((error) => path.every((step, place) => error[place] === step));
    if (!isTold && expect !== 'NOT_FOUND') untold.push(`lost in silence: ${path.join('.')}`);
  }
  for (const path of told) {
    if (!missing.some((place) => place.every((step, at) => path[at] === step)))
      untold.push(`told of what is there: ${path.join('.')}`);
  }
  if (expect === 'VALUES' && missing.length > 0 && alsoAllowed.length === 0) untold.push('a row was lost');
  if (expect !== 'VALUES' && liar !== null && missing.length === 0) untold.push('nothing was lost');
  return { wrong, foreign, leaks, untold };
}

function truthOf(msisdn: string): unknown {
  const { __typename, operatorCode, since, contract, simSwap, risk } = worldTenure(msisdn, worldOperatorOf(msisdn));
  const indicators = risk.indicators.map(({ code, value, firedAt }) => ({ code, value, firedAt }));
  const { state, reason } = worldBankRow(msisdn).blockStatus;
  return {
    msisdn,
    currentTenure: { __typename, operatorCode, since, contract, simSwap, risk: { level: risk.level, indicators } },
    blockStatus: { state, reason },
  };
}
