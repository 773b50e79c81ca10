// Identifiers of new acts.

import { expect, test } from '@jest/globals';
import { isUuid } from '../../../shared/audit/act';
import { newActId } from '../../../shared/audit-log/act-id';

test('is a UUID of version 7, with the time as RFC 9562 appendix A.6 writes it', () => {
  const id = newActId(0x017f22e279b0);
  expect(isUuid(id)).toBe(true);
  expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a later one sorts behind an earlier one, and two of one millisecond differ', () => {
  expect(newActId(1_999) < newActId(2_000)).toBe(true);
  expect(new Set(Array.from({ length: 1_000 }, () => newActId(7))).size).toBe(1_000);
});
