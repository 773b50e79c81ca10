// The log: JSON lines, without what must never stand in one.

import { expect, test } from '@jest/globals';
import { createLogger } from '../../../shared/service/logger';

function lines(): { readonly written: string[]; readonly destination: { write(text: string): void } } {
  const written: string[] = [];
  return { written, destination: { write: (text) => void written.push(text) } };
}

test('writes one JSON object a line, with name, level, time and message', () => {
  const { written, destination } = lines();
  createLogger({ name: 'numbering', level: 'info', destination }).info({ url: 'http://127.0.0.1:1' }, 'listening');
  expect(written).toHaveLength(1);
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    name: 'numbering',
    level: 30,
    msg: 'listening',
    url: 'http://127.0.0.1:1',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
});

test('withholds what names a person, a line or a secret, also two levels down', () => {
  const { written, destination } = lines();
  const logger = createLogger({ name: 'x', level: 'debug', destination });
  logger.info(
    { msisdn: '+77011234567', headers: { authorization: 'Bearer abc' }, a: { b: { iin: '030405500007' } } },
    'm',
  );
  expect(written[0]).not.toMatch(/77011234567|Bearer|030405500007/);
  expect(written[0]).toContain('(withheld)');
});

test('keeps silent below its level', () => {
  const { written, destination } = lines();
  createLogger({ name: 'x', level: 'warn', destination }).info('quiet');
  expect(written).toEqual([]);
});
