// Which demo data the databases hold. The mark is written when the last party is seeded and the history stands in the joint log, and only
// then: without it, whatever the databases hold is half of something.

import type { JsonObject, JsonValue } from '../vocabulary/json';
import { CommandFailure } from './command-line';
import { type LocalFolder, readDocument, writeDocument } from './local-folder';
import type { NetworkRecord } from './network-record';

/** Complete demo data. */
export interface DemoMark {
  /** Lines per operator. */
  readonly scale: number;
  /** The instant that the data takes for now, in milliseconds since 1970. */
  readonly asOfMs: number;
  readonly stories: JsonObject;
  /** Numbers that demonstrations use up, by operator. */
  readonly spares: NetworkRecord['spares'];
  /** The history of the cases stands in the joint log; earlier versions of this program knew none. */
  readonly isReplayed: boolean;
}

/** The mark of a folder's data; null when its databases are not seeded. */
export function readDemoMark(folder: LocalFolder): DemoMark | null {
  const document = readDocument(folder.demo);
  if (!isDemoMark(document)) return null;
  const { scale, asOfMs, stories, spares, isReplayed } = document;
  return { scale, asOfMs, stories, spares: spares ?? {}, isReplayed: isReplayed === true };
}

/** Says that all databases are seeded, and the history replayed. */
export function writeDemoMark(folder: LocalFolder, mark: DemoMark): void {
  writeDocument(folder.demo, mark);
}

/** Refuses a scale that differs from that of the data, which a start must not throw away unasked. */
export function checkScale(mark: DemoMark | null, scale: number | null): void {
  if (mark === null || scale === null || mark.scale === scale) return;
  throw new CommandFailure(
    `The data has ${mark.scale} lines per operator, and --scale asks for ${scale}; add --reset to make it anew.`,
  );
}

/** Refuses data of a version that kept no joint log: its cases would stand there without a trail, and acts cannot be made up later. */
export function checkReplayed(mark: DemoMark | null): void {
  if (mark === null || mark.isReplayed) return;
  throw new CommandFailure('The data is from a version without a joint log; add --reset to make it anew.');
}

/** The file; earlier versions left members out. */
interface MarkDocument extends Omit<DemoMark, 'isReplayed' | 'spares'> {
  readonly spares?: DemoMark['spares'];
  readonly isReplayed?: unknown;
}

function isDemoMark(document: JsonValue): document is JsonValue & MarkDocument {
  const { scale, asOfMs, stories } = (document ?? {}) as { scale?: unknown; asOfMs?: unknown; stories?: unknown };
  return typeof scale === 'number' && typeof asOfMs === 'number' && typeof stories === 'object' && stories !== null;
}
