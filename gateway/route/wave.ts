// What the reads of one step of a plan need before an operator may be asked: that somebody wrote them down and allowed them. The sender
// tells whom it is about to ask of whom and what; who decides it, and how, it does not know.

import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { RefusalsOf, ToldValue } from './asked-fields';
import type { WatchRoots } from './root-watch';
import type { RequestContext } from './subgraph-call';

/** One read of one server. */
export interface WaveRead {
  readonly target: string;
  /** Keys of the rows that are asked, each once. */
  readonly subjects: readonly string[];
  /** Coordinates that are asked of them. */
  readonly fields: readonly string[];
}

/** What one server may be asked, or why it is not asked at all. */
export type WaveGrant =
  | {
      /** Sent along with the call. */
      readonly headers: Readonly<Record<string, string>>;
      /** Coordinates that the server will not answer for a row, and why; null when it will answer all. */
      readonly refusalsOf: RefusalsOf | null;
      /** Rows that must not be asked, and why. */
      readonly refusedSubjects: ReadonlyMap<string, ErrorCode>;
      /** What has to be told of the answer before anybody gets it; null when nothing has. */
      readonly watch: Watch | null;
    }
  | { readonly lost: ErrorCode };

/** Is told the leaves at some coordinates. Never rejects. */
export interface Watch {
  readonly coordinates: ReadonlySet<string>;
  tell(values: readonly ToldValue[]): Promise<void>;
}

/** Asks for the reads of one step together: all that are handed in before the caller's turn ends are one wave. Never rejects; answers by the context's deadline. */
export interface Disclosure {
  allow(context: RequestContext, reads: readonly WaveRead[]): Promise<(target: string) => WaveGrant>;
  /** Allows fields of the root, and is told which found nobody. */
  readonly watchRoots: WatchRoots;
}
