// Completes the merged data into the answer, by the GraphQL specification (6.4.3, 6.4.4): fields in selection order, leaves of
// their types, a null in a non-null place making its parent null, and for each lost field one error at the client's own path.
// One walk; paths are written down only for errors.

import type { JsonValue } from '../../shared/vocabulary/json';
import type { FieldShape, ObjectShape, ValueShape } from '../plan/client-shape';
import { type Loss, type LossBook, type LossCause, type ResponseError, responseError } from './errors';
import type { MergedObject } from './merge';

/** A complete answer. */
export interface Completed {
  /** Null when a null reached the root. Its keys are the client's; `__proto__` may be among them as an own key. */
  readonly data: MergedObject | null;
  readonly errors: readonly ResponseError[];
}

/** Completes the merged data. `introspected` holds the root fields answered from the schema. */
export function completeResponse(
  data: MergedObject,
  introspected: MergedObject | null,
  shape: ObjectShape,
  losses: LossBook | null,
  requestId: string,
): Completed {
  const completion = new Completion(losses, requestId, introspected);
  const completed = completion.completeObject(data, shape, 0);
  return { data: completed === VIOLATION ? null : completed, errors: completion.errors };
}

/** A null in a non-null place, on its way to the nearest nullable parent. */
const VIOLATION = Symbol('violation');

/** A value that breaks its type without a subgraph having said why. */
const BROKEN: LossCause = { code: 'INTERNAL' };

class Completion {
  readonly errors: ResponseError[] = [];
  private readonly path: (string | number)[] = [];

  constructor(
    private readonly losses: LossBook | null,
    private readonly requestId: string,
    private readonly introspected: MergedObject | null,
  ) {}

  completeObject(source: MergedObject, shape: ObjectShape, depth: number): MergedObject | typeof VIOLATION {
    const completed: MergedObject = {};
    const { fields } = shape;
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index];
      if (field === undefined) continue;
      const { value } = field;
      let result: JsonValue | typeof VIOLATION;
      if (value.kind === 'type-name') {
        result = shape.typeName;
      } else if (value.kind === 'introspection') {
        result = this.introspected?.[field.responseKey] ?? null;
      } else if (value.kind === 'refused') {
        this.path[depth] = field.responseKey;
        this.errors.push(responseError({ code: value.code }, this.pathTo(depth), this.requestId));
        if (value.nonNull) return VIOLATION;
        result = null;
      } else {
        this.path[depth] = field.responseKey;
        const found = Object.hasOwn(source, field.sourceKey) ? source[field.sourceKey] : undefined;
        result = this.completeValue(found, value, depth, source, field.sourceKey);
        if (result === VIOLATION) return VIOLATION;
      }
      if (field.responseKey === '__proto__') define(completed, result);
      else completed[field.responseKey] = result;
    }
    return completed;
  }

  /** `holder` and `key` say where the value stands in the merged data; `this.path[depth]` is its key in the answer. */
  private completeValue(
    value: JsonValue | undefined,
    shape: ValueShape,
    depth: number,
    holder: object,
    key: string | number,
  ): JsonValue | typeof VIOLATION {
    if (value === null || value === undefined) return this.lose(shape, depth, holder, key);
    switch (shape.kind) {
      case 'leaf': {
        const coerced = shape.coerce(value);
        return coerced === undefined ? this.break(shape, depth, holder, key) : coerced;
      }
      case 'list':
        return Array.isArray(value)
          ? this.completeList(value, shape, depth + 1)
          : this.break(shape, depth, holder, key);
      case 'object': {
        if (typeof value !== 'object' || Array.isArray(value)) return this.break(shape, depth, holder, key);
        const object = value as MergedObject;
        const objectShape = shape.shapeOf(object.__typename);
        if (objectShape === null) return this.break(shape, depth, object, '__typename');
        const completed = this.completeObject(object, objectShape, depth + 1);
        return completed === VIOLATION ? this.bubble(shape) : completed;
      }
      default:
        return this.break(shape, depth, holder, key);
    }
  }

  private completeList(
    values: readonly JsonValue[],
    shape: ValueShape & { readonly kind: 'list' },
    depth: number,
  ): JsonValue | typeof VIOLATION {
    const completed: JsonValue[] = [];
    for (let index = 0; index < values.length; index += 1) {
      this.path[depth] = index;
      const item = this.completeValue(values[index], shape.item, depth, values, index);
      if (item === VIOLATION) return this.bubble(shape);
      completed.push(item);
    }
    return completed;
  }

  /** A value that is not there: null, with the errors of those who lost it. */
  private lose(shape: ValueShape, depth: number, holder: object, key: string | number): null | typeof VIOLATION {
    const losses = this.losses?.at(holder, key);
    if (losses !== undefined) {
      const told = new Set<string>();
      for (const loss of losses) this.tell(loss, shape, depth, told);
    } else if (shape.nonNull) {
      this.errors.push(responseError(BROKEN, this.pathTo(depth), this.requestId));
    }
    return this.bubble(shape);
  }

  /** A value that is there and is not of its type. */
  private break(shape: ValueShape, depth: number, holder: object, key: string | number): null | typeof VIOLATION {
    const cause = this.losses?.at(holder, key)?.[0]?.cause ?? BROKEN;
    this.errors.push(responseError(cause, this.pathTo(depth), this.requestId));
    return this.bubble(shape);
  }

  private bubble(shape: ValueShape): null | typeof VIOLATION {
    return shape.nonNull ? VIOLATION : null;
  }

  /** One error for each field; several places of one subgraph answer may name the same. */
  private tell(loss: Loss, shape: ValueShape, depth: number, told: Set<string>): void {
    const path = [...this.pathTo(depth), ...clientRest(loss.rest, shape)];
    const text = JSON.stringify(path);
    if (told.has(text)) return;
    told.add(text);
    this.errors.push(responseError(loss.cause, path, this.requestId));
  }

  private pathTo(depth: number): (string | number)[] {
    return this.path.slice(0, depth + 1);
  }
}

/** The rest of a path below a null, in the client's keys, as far as the client asked. */
function clientRest(rest: readonly (string | number)[], shape: ValueShape): (string | number)[] {
  const path: (string | number)[] = [];
  let at: ValueShape = shape;
  for (const segment of rest) {
    if (typeof segment === 'number') {
      if (at.kind !== 'list') break;
      path.push(segment);
      at = at.item;
      continue;
    }
    const field: FieldShape | undefined = at.kind === 'object' ? at.fieldAt(segment) : undefined;
    if (field === undefined) break;
    path.push(field.responseKey);
    at = field.value;
  }
  return path;
}

function define(completed: MergedObject, value: JsonValue): void {
  Object.defineProperty(completed, '__proto__', { value, enumerable: true, configurable: true, writable: true });
}
