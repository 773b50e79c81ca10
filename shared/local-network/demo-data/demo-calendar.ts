// The demo network's time: every instant is counted back from the Almaty day of one given instant. What happened is told in
// days before today, so that a network seeded tomorrow has the same history one day later.

/** Instants counted from the Almaty day of `asOfMs`. */
export interface DemoCalendar {
  readonly asOfMs: number;
  /** First instant of that day. */
  readonly todayMs: number;
  /** `days` before today's first instant; fractions are allowed; later than that only for a negative number. */
  daysAgo(days: number): number;
  /** The Almaty day that lies `days` before today, YYYY-MM-DD. */
  dayAgo(days: number): string;
  /** 0 for the oldest day of the usage window, `USAGE_DAYS - 1` for yesterday; outside of that range for other days. */
  usageDayOf(instantMs: number): number;
  /** How many days before today a day of the usage window lies: 60 for the oldest, 1 for yesterday. */
  daysBefore(usageDay: number): number;
  /** 0 Sunday to 6 Saturday, of a day of the usage window. */
  weekdayOf(usageDay: number): number;
}

/** Length of the usage window. It ends with yesterday: today is not over. */
export const USAGE_DAYS = 60;

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** A SIM card may be activated only after a biometric check from here on: 2026-01-03, Almaty. */
export const BIOMETRY_SINCE_MS = Date.UTC(2026, 0, 2, 19);

/** The calendar of an instant after 2024-03-01, when all of Kazakhstan went to UTC+5. */
export function demoCalendar(asOfMs: number): DemoCalendar {
  const todayMs = Math.floor((asOfMs + ALMATY_OFFSET_MS) / DAY_MS) * DAY_MS - ALMATY_OFFSET_MS;
  const firstUsageMs = todayMs - USAGE_DAYS * DAY_MS;
  return {
    asOfMs,
    todayMs,
    daysAgo: (days) => todayMs - Math.round(days * DAY_MS),
    dayAgo: (days) => new Date(todayMs - days * DAY_MS + ALMATY_OFFSET_MS).toISOString().slice(0, 10),
    usageDayOf: (instantMs) => Math.floor((instantMs - firstUsageMs) / DAY_MS),
    daysBefore: (usageDay) => USAGE_DAYS - usageDay,
    weekdayOf: (usageDay) => new Date(firstUsageMs + usageDay * DAY_MS + ALMATY_OFFSET_MS).getUTCDay(),
  };
}

/** The instant as facts spell it. */
export function instantText(instantMs: number): string {
  return new Date(instantMs).toISOString();
}

/** The same, and null for what has not happened. */
export function instantTextOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : instantText(instantMs);
}

const ALMATY_OFFSET_MS = 5 * HOUR_MS;
