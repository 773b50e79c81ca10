// The clock of Almaty: +06:00 until 29.02.2024 18:00 UTC, +05:00 since, other offsets in earlier decades. Offsets come from the
// host's time zone data, which may be older than the law; `timeZoneDataFault` tells before a program counts days with it.

const ZONE = 'Asia/Almaty';
const DAY_MS = 86_400_000;

/** Gives the offset of Almaty from UTC in milliseconds at an instant in milliseconds since 1970. */
export type OffsetAt = (instantMs: number) => number;

/** Offset of Almaty from UTC in milliseconds, from the host's data; kept per UTC day, so that repeated questions cost a look-up. */
export const almatyOffsetMs: OffsetAt = (instantMs) => {
  const utcDay = Math.floor(instantMs / DAY_MS);
  const known = wholeDayOffsets.get(utcDay);
  if (known !== undefined) return known;
  if (wholeDayOffsets.size >= MOST_DAYS_KEPT) wholeDayOffsets.clear();
  const first = readOffset(utcDay * DAY_MS);
  const last = readOffset((utcDay + 1) * DAY_MS - 1);
  if (first !== last) return readOffset(instantMs);
  wholeDayOffsets.set(utcDay, first);
  return first;
};

/**
 * What is wrong with the host's time zone data, as one plain sentence; null when it knows the change of 1 March 2024. A program
 * that counts days or working days refuses to start on a fault.
 */
export function timeZoneDataFault(offsetAt: OffsetAt = almatyOffsetMs): string | null {
  for (const [instant, hours] of KNOWN_OFFSETS) {
    if (offsetAt(Date.parse(instant)) !== hours * 3_600_000) {
      return `The time zone data of this host is out of date: ${ZONE} must be +0${hours}:00 at ${instant}.`;
    }
  }
  return null;
}

const KNOWN_OFFSETS: readonly (readonly [instant: string, hours: number])[] = [
  ['2023-07-01T00:00:00Z', 6],
  ['2024-02-29T17:59:59Z', 6],
  ['2024-02-29T18:00:00Z', 5],
  ['2026-01-01T00:00:00Z', 5],
  ['2026-07-01T00:00:00Z', 5],
];

const MOST_DAYS_KEPT = 4096;
const wholeDayOffsets = new Map<number, number>();
const fields = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

function readOffset(instantMs: number): number {
  const wholeSecondMs = Math.floor(instantMs / 1000) * 1000;
  const of: Record<string, number> = {};
  for (const part of fields.formatToParts(wholeSecondMs)) of[part.type] = Number(part.value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = of;
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecondMs;
}
