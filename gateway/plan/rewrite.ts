// The planner's rewrites as functions: a representation that must carry another type name, an answer whose field was asked
// under another name. The planner writes a rewrite in two shapes; both are read here and nowhere else.

import type { FetchNodePathSegment, FetchRewrite, KeyRenamer, ValueSetter } from '@graphql-hive/router-query-planner';
import type { JsonValue } from '../../shared/vocabulary/json';
import type { TypeFacts } from '../supergraph/type-facts';
import type { OutputRewrite } from './plan-node';

type JsonRecord = Record<string, JsonValue | undefined>;

/** A rewrite in one shape: at the end of `path`, the last key gets a value or another name. */
export interface Rewrite {
  readonly path: readonly FetchNodePathSegment[];
  readonly change: { readonly setTo: string } | { readonly renameTo: string };
}

/** Reads the planner's rewrites, whichever shape they have. */
export function readRewrites(rewrites: readonly FetchRewrite[] | undefined): readonly Rewrite[] {
  return (rewrites ?? []).map((rewrite) => {
    if ('ValueSetter' in rewrite) return setter(rewrite.ValueSetter);
    if ('KeyRenamer' in rewrite) return renamer(rewrite.KeyRenamer);
    return 'setValueTo' in rewrite ? setter(rewrite) : renamer(rewrite);
  });
}

/** Applies one rewrite to a value in place. `typeName` stands for the value's type where the value does not carry it. */
export function applyRewrite(value: JsonValue | undefined, rewrite: Rewrite, facts: TypeFacts, at = 0): void {
  if (Array.isArray(value)) {
    for (const item of value) applyRewrite(item, rewrite, facts, at);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const record = value as JsonRecord;
  const segment = rewrite.path[at];
  if (segment === undefined) return;
  if ('TypenameEquals' in segment) {
    const typeName = record.__typename;
    const fits =
      typeof typeName !== 'string' || segment.TypenameEquals.some((wanted) => facts.isSubtype(typeName, wanted));
    if (fits) applyRewrite(value, rewrite, facts, at + 1);
    return;
  }
  if (at < rewrite.path.length - 1) {
    if (Object.hasOwn(record, segment.Key)) applyRewrite(record[segment.Key], rewrite, facts, at + 1);
    return;
  }
  if ('setTo' in rewrite.change) {
    record[segment.Key] = rewrite.change.setTo;
  } else if (Object.hasOwn(record, segment.Key)) {
    const moved = record[segment.Key];
    delete record[segment.Key];
    record[rewrite.change.renameTo] = moved;
  }
}

/** Output rewrites of a fetch as one function over its data and one over the paths of its errors; null when there are none. */
export function compileOutputRewrite(
  rewrites: readonly FetchRewrite[] | undefined,
  facts: TypeFacts,
): OutputRewrite | null {
  const steps = readRewrites(rewrites);
  if (steps.length === 0) return null;
  return {
    data: (data) => {
      for (const step of steps) applyRewrite(data, step, facts);
    },
    path: (path) => steps.reduce((renamed, step) => renamePath(renamed, step), path),
  };
}

/** The names that keys of an answer have after output rewrites, for keys at the top of the rewrites' paths. */
export function renameTopKeys(
  keys: readonly string[],
  rewrites: readonly FetchRewrite[] | undefined,
): readonly string[] {
  const renames = readRewrites(rewrites).flatMap(({ path, change }) => {
    const names = path.flatMap((segment) => ('Key' in segment ? [segment.Key] : []));
    const wanted = names[0] === '_entities' ? names.slice(1) : names;
    return 'renameTo' in change && wanted.length === 1 ? [[wanted[0], change.renameTo] as const] : [];
  });
  return [...new Set(keys.map((key) => renames.find(([from]) => from === key)?.[1] ?? key))];
}

function setter(rewrite: ValueSetter): Rewrite {
  return { path: rewrite.path, change: { setTo: rewrite.setValueTo } };
}

function renamer(rewrite: KeyRenamer): Rewrite {
  return { path: rewrite.path, change: { renameTo: rewrite.renameKeyTo } };
}

/** Type conditions do not show in an error path, list indices do not show in a rewrite: both are passed over. */
function renamePath(path: readonly (string | number)[], rewrite: Rewrite): readonly (string | number)[] {
  if (!('renameTo' in rewrite.change)) return path;
  const names = rewrite.path.flatMap((segment) => ('Key' in segment ? [segment.Key] : []));
  let at = 0;
  for (let index = 0; index < path.length; index += 1) {
    const segment = path[index];
    if (typeof segment === 'number') continue;
    if (segment !== names[at]) return path;
    at += 1;
    if (at === names.length) return [...path.slice(0, index), rewrite.change.renameTo, ...path.slice(index + 1)];
  }
  return path;
}
