// The log: JSON lines, of members that are on a list, in forms that hold nobody's name or number.

import { describe, expect, test } from '@jest/globals';
import { createLogger, type Logger, type LogLevel } from '../../../shared/service/logger';

function log(level: LogLevel = 'trace'): { readonly written: string[]; readonly logger: Logger } {
  const written: string[] = [];
  const destination = { write: (text: string) => void written.push(text) };
  return { written, logger: createLogger({ name: 'numbering', level, destination }) };
}

/** The members of the one line that `write` leaves. */
function lineOf(write: (logger: Logger) => void): Record<string, unknown> {
  const { written, logger } = log();
  write(logger);
  expect(written).toHaveLength(1);
  return JSON.parse(written[0] ?? '');
}

/** A line with members that no type allows, as a mistake would write it. */
function mistake(members: object, message = 'm'): Record<string, unknown> {
  return lineOf((logger) => logger.info(members, message));
}

test('writes one JSON object a line, with name, level, time and message', () => {
  expect(lineOf((logger) => logger.info({ url: 'http://127.0.0.1:1' }, 'listening'))).toMatchObject({
    name: 'numbering',
    level: 30,
    msg: 'listening',
    url: 'http://127.0.0.1:1',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
});

test('keeps silent below its level', () => {
  const { written, logger } = log('warn');
  logger.info('quiet');
  expect(written).toEqual([]);
  expect([logger.isLevelEnabled('info'), logger.isLevelEnabled('error')]).toEqual([false, true]);
});

describe('a member', () => {
  test('that is not on the list is counted and not written, whatever it is called', () => {
    const line = mistake({
      msisdn: '+77011234567',
      headers: { authorization: 'Bearer abc' },
      anything: 'Асанова Айгуль',
      code: 'INTERNAL',
    });
    expect(line).toMatchObject({ code: 'INTERNAL', withheld: 3 });
    expect(Object.keys(line).sort()).toEqual(['code', 'hostname', 'level', 'msg', 'name', 'pid', 'time', 'withheld']);
  });

  test('keeps its form: ids, words, counts, addresses, hashes', () => {
    const members = {
      requestId: '0b0f5a3e-6f0c-4a7e-9d58-000000000001',
      operatorCode: 'kcell',
      party: 'bank-1',
      rule: 'OP-01',
      code: 'OPERATOR_TIMEOUT',
      percent: 80,
      document: 'a'.repeat(64),
      migrations: ['SenimNow1700000000000'],
      fault: 'QueryFailedError 23505',
      outcome: null,
    };
    expect(mistake(members)).toMatchObject(members);
  });

  test.each([
    ['a word that is a number', { operatorCode: '77011234567' }],
    ['a word in other letters', { outcome: 'Асанова' }],
    ['an id that its sender made of a number', { portId: 'port-77011234567' }],
    ['a text where a count belongs', { stored: '77011234567' }],
    ['a hash that is none', { document: 'query { phoneNumber(msisdn: "+77011234567") }' }],
    ['an object where a word belongs', { code: { iin: '030405500007' } }],
    ['an address with a number in its path', { url: 'http://127.0.0.1:1/internal/line-course/+77011234567' }],
    ['what is no address', { url: 'Асанова 77011234567' }],
    ['a reason in other letters', { reason: 'Асанова Айгуль' }],
    ['a name of a fault that is a text', { fault: 'Key (msisdn)=(+77011234567) exists' }],
    ['migrations that are something else', { migrations: ['77011234567'] }],
  ])('withholds %s', (_what, members) => {
    const line = mistake(members);
    expect(Object.values(line)).toContain('(withheld)');
    expect(JSON.stringify(line)).not.toMatch(/7011234567|030405500007|Асанова/);
  });

  test('of an address is its origin and path, without secrets and questions', () => {
    const line = mistake({ url: 'postgres://role:secret@127.0.0.1:5432/senim?iin=030405500007' });
    expect(JSON.stringify(line)).not.toMatch(/secret|030405500007/);
    expect(mistake({ url: 'http://u:secret@127.0.0.1:4000/graphql?x=1' })).toMatchObject({
      url: 'http://127.0.0.1:4000/graphql',
    });
  });

  test('of an alarm has a form of its own, and evidence is a signed note', () => {
    const alarm = {
      kind: 'LOG_FORKED',
      witness: 'kcell',
      evidence: 'senim.local/log\n17\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n\n\u2014 senim.local/log Wx+Y=\n',
    };
    expect(mistake({ alarm })).toMatchObject({ alarm });
    const odd = mistake({
      alarm: { kind: 'WITNESS_REFUSES', status: 403, msisdn: '+77011234567', witness: 'Асанова' },
    });
    expect(odd.alarm).toEqual({ kind: 'WITNESS_REFUSES', status: 403, msisdn: '(withheld)', witness: '(withheld)' });
  });
});

describe('a fault', () => {
  test('is written without its text, with its code and where it was', () => {
    const fault = Object.assign(new Error('Key (iin)=(030405500007) already exists.\n    at +77011234567'), {
      code: '23505',
      detail: 'Key (iin)=(030405500007)',
      parameters: ['Асанова'],
    });
    const line = lineOf((logger) => logger.error({ err: fault }, 'a request failed'));
    expect(line.err).toMatchObject({ type: 'Error', code: '23505', at: expect.anything() });
    expect(JSON.stringify(line)).not.toMatch(/030405500007|7011234567|Асанова|already exists/);
  });

  test('that is no Error is told by its type', () => {
    expect(mistake({ err: '+77011234567' }).err).toEqual({ type: 'string' });
  });

  test('given as the members tells nothing', () => {
    const line = mistake(new Error('+77011234567'));
    expect(JSON.stringify(line)).not.toContain('7011234567');
  });
});

test('a message that holds a number is written without it, and nothing is put into it', () => {
  expect(lineOf((logger) => logger.warn('no answer about +7 (701) 123-45-67 from 77011234567')).msg).toBe(
    'no answer about +(withheld) from (withheld)',
  );
  expect(lineOf((logger) => logger.warn('it is 100 %s of %d')).msg).toBe('it is 100 %s of %d');
});
