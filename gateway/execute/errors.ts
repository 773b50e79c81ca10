// Errors as the client sees them, and the book in which lost fields are entered while fetches come back. An entry stands at a
// place of the merged data, not at a path: completion, which alone knows the client's paths, reads it where it finds a null.

import { ERROR_CATALOGUE, type ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { SubgraphError } from '../route/subgraph-call';

/** An error of a response. Never more than this: no upstream text, no address, no personal datum. */
export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: ErrorCode;
    readonly requestId: string;
    readonly retryable: boolean;
    readonly operatorCode?: string;
    readonly subgraph?: string;
  };
}

/** Why a field was lost. */
export type LossCause = Pick<SubgraphError, 'code' | 'operatorCode' | 'subgraph'>;

/** A lost field, entered at the nearest place that exists. `rest`: the way from there to the field itself, by keys of the merged data. */
export interface Loss {
  readonly cause: LossCause;
  readonly rest: readonly (string | number)[];
}

/** Losses by object or list of the merged data and by key in it. */
export class LossBook {
  private readonly entries = new Map<object, Map<string | number, Loss[]>>();

  /** What was lost at a place; undefined when nothing was. */
  at(container: object, key: string | number): readonly Loss[] | undefined {
    return this.entries.get(container)?.get(key);
  }

  enter(container: object, key: string | number, loss: Loss): void {
    let keys = this.entries.get(container);
    if (keys === undefined) {
      keys = new Map();
      this.entries.set(container, keys);
    }
    const losses = keys.get(key);
    if (losses === undefined) keys.set(key, [loss]);
    else losses.push(loss);
  }

  /** Enters a loss in the place of all that were entered there. */
  replace(container: object, key: string | number, loss: Loss): void {
    this.entries.get(container)?.delete(key);
    this.enter(container, key, loss);
  }

  /** Enters a loss that a subgraph told by a path from `container`: as deep as the data goes. A field that has a value was not lost. */
  enterAlong(container: object, path: readonly (string | number)[], cause: LossCause): void {
    let place = container;
    for (let index = 0; index < path.length; index += 1) {
      const key = path[index];
      if (key === undefined) return;
      const value: unknown = Object.hasOwn(place, key) ? Reflect.get(place, key) : undefined;
      if (value === null || value === undefined) {
        this.enter(place, key, { cause, rest: path.slice(index + 1) });
        return;
      }
      if (typeof value !== 'object') return;
      place = value;
    }
  }
}

/** The error that a client gets for a cause, at its own path. */
export function responseError(
  cause: LossCause,
  path: readonly (string | number)[] | undefined,
  requestId: string,
): ResponseError {
  const { message, retryable } = ERROR_CATALOGUE[cause.code];
  return {
    message,
    ...(path === undefined ? {} : { path }),
    extensions: {
      code: cause.code,
      requestId,
      retryable,
      ...(cause.operatorCode === undefined ? {} : { operatorCode: cause.operatorCode }),
      ...(cause.subgraph === undefined ? {} : { subgraph: cause.subgraph }),
    },
  };
}
