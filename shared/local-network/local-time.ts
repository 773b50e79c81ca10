// Instants as people in Almaty read them.

import { almatyOffsetMs } from '../vocabulary/time-zone';

/** `YYYY-MM-DD HH:mm` in Almaty, or a dash for what is not an instant. */
export function localTime(instant: unknown): string {
  const ms = typeof instant === 'string' ? Date.parse(instant) : Number.NaN;
  if (Number.isNaN(ms)) return '–';
  return new Date(ms + almatyOffsetMs(ms)).toISOString().slice(0, 16).replace('T', ' ');
}

/** `YYYY-MM-DD` in Almaty, or a dash. */
export function localDay(instant: unknown): string {
  return localTime(instant).slice(0, 10);
}
