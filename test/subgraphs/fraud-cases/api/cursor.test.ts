// Sealed cursors: bound to their list, unforgeable, and not for ever.

import { describe, expect, it } from '@jest/globals';
import { msToInstant } from '../../../../shared/vocabulary/instant';
import { accepted, refused } from '../../../../shared/vocabulary/result';
import { createCursorSeal } from '../../../../subgraphs/fraud-cases/api/cursor';

const KEY = new Uint8Array(32).fill(7);
const PLACE = { at: msToInstant(Date.UTC(2026, 0, 1)), id: 'case "1"' };
const HOUR_MS = 3_600_000;

describe('a cursor', () => {
  it('gives back the place that was sealed', () => {
    const cursors = createCursorSeal(KEY, () => 0);
    expect(cursors.open(cursors.seal(PLACE, 'list'), 'list')).toEqual(accepted(PLACE));
    const unissued = { at: 'infinity', id: 'o' } as const;
    expect(cursors.open(cursors.seal(unissued, 'list'), 'list')).toEqual(accepted(unissued));
  });

  it('lapses after a day', () => {
    let nowMs = 0;
    const cursors = createCursorSeal(KEY, () => nowMs);
    const cursor = cursors.seal(PLACE, 'list');
    nowMs = 24 * HOUR_MS;
    expect(cursors.open(cursor, 'list').ok).toBe(true);
    nowMs += 1;
    expect(cursors.open(cursor, 'list')).toEqual(refused('EXPIRED'));
  });

  it('opens under its own scope and key alone', () => {
    const cursors = createCursorSeal(KEY, () => 0);
    const cursor = cursors.seal(PLACE, 'list');
    expect(cursors.open(cursor, 'list2')).toEqual(refused('NOT_OURS'));
    expect(createCursorSeal(new Uint8Array(32).fill(8), () => 0).open(cursor, 'list')).toEqual(refused('NOT_OURS'));
  });

  it('is refused when any of its characters is another', () => {
    const cursors = createCursorSeal(KEY, () => 0);
    const cursor = cursors.seal(PLACE, 'list');
    for (let place = 0; place < cursor.length; place += 1) {
      for (const other of ['A', 'z', '_', '.', '=', ' ']) {
        if (cursor[place] === other) continue;
        const altered = `${cursor.slice(0, place)}${other}${cursor.slice(place + 1)}`;
        expect(cursors.open(altered, 'list')).toEqual(refused('NOT_OURS'));
      }
    }
    for (const text of ['', '.', `${cursor}A`, `A${cursor}`, cursor.slice(0, -1), 'x'.repeat(100_000)]) {
      expect(cursors.open(text, 'list')).toEqual(refused('NOT_OURS'));
    }
  });
});
