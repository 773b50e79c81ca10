// What must be told to people at once. An alarm holds no personal datum and no text that another party wrote, except signed notes, which
// are evidence.

/** What happened. The first two halt the log: it signs nothing until a person has looked. */
export type LogAlarm =
  /** A witness holds a larger checkpoint that this log signed: the database went back. */
  | { readonly kind: 'LOG_WENT_BACK'; readonly witness: string; readonly evidence: string }
  /** A witness holds a checkpoint that this log signed over another tree. */
  | { readonly kind: 'LOG_FORKED'; readonly witness: string; readonly evidence: string }
  /** A witness claims a size for which it cannot show the log's signature. */
  | { readonly kind: 'WITNESS_CLAIM_UNPROVEN'; readonly witness: string }
  | { readonly kind: 'WITNESS_REFUSES'; readonly witness: string; readonly status: number }
  | { readonly kind: 'WITNESS_SILENT'; readonly witness: string; readonly silentMs: number }
  | { readonly kind: 'WITNESS_CLOCK'; readonly spreadMs: number }
  /** Nothing became final for longer than the configured time. */
  | { readonly kind: 'NO_QUORUM'; readonly sinceMs: number }
  /** The sequencer or the signer found the database in a state it must not go on from. */
  | { readonly kind: 'LOG_HALTED'; readonly reason: string };

/** Told each alarm. */
export type OnAlarm = (alarm: LogAlarm) => void;

const REPEAT_MS = 60_000;

/** Passes an alarm on when its kind and witness were not told within the last minute. */
export function oncePerMinute(onAlarm: OnAlarm, nowMs: () => number = Date.now): OnAlarm {
  const toldMs = new Map<string, number>();
  return (alarm) => {
    const name = `${alarm.kind} ${'witness' in alarm ? alarm.witness : ''}`;
    if (nowMs() - (toldMs.get(name) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
    toldMs.set(name, nowMs());
    onAlarm(alarm);
  };
}
