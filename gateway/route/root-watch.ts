// What somebody outside of an execution may say to its root: that the value of a field must not be had, before anybody is asked for what hangs
// on it; and what it is told: which look-ups found nobody. The execution itself knows neither reason.

import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import type { RootCall } from '../plan/root-calls';
import type { RequestContext } from './subgraph-call';

/** The watch over the root of one execution. */
export interface RootWatch {
  /** Source keys whose values must not be had, and why; null when nothing had to be asked. Begun at once, beside the fetch of the root. Never rejects. */
  readonly refused: Promise<ReadonlyMap<string, ErrorCode>> | null;
  /** Told each value that the owner of a root field answered, without an error. */
  answered(sourceKey: string, value: JsonValue): void;
  /** Waits for what has to be told yet; null when nothing has. Never rejects. */
  ended(): Promise<void> | null;
}

/** Begins to watch; null when the calls concern nobody. */
export type WatchRoots = (
  calls: readonly RootCall[],
  variables: JsonObject,
  context: RequestContext,
) => RootWatch | null;
