// Lines on their way between the parties of a replay: each reaches whom it is for, as it was written, once.

import { describe, expect, test } from '@jest/globals';
import { ReplayTalk } from '../../../shared/local-network/replay-talk';

const talk = () => new ReplayTalk(['kcell', 'tele2']);
const lines = (...values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('a line of an operator', () => {
  test('reaches the bank as it was written, in order, once', () => {
    const said = talk();
    const act = '{"subject":"report","id":"1","act":"a.b.c" , "salt":"s"}\n';
    expect(said.hearOperator('kcell', act)).toEqual({ fresh: 1, waiting: null });
    expect(said.hearOperator('tele2', lines({ subject: 'report', id: '2' }))).toEqual({ fresh: 1, waiting: null });
    expect(said.hearOperator('kcell', `${act}${lines({ id: '3' })}`)).toEqual({ fresh: 1, waiting: null });
    expect(said.forBank()).toBe(`${act}${lines({ subject: 'report', id: '2' }, { id: '3' })}`);
    expect(said.forOperator('kcell')).toBe('');
  });

  test.each(['{', '[]', '1', 'null', 'listening\n{}'])('that is %j ends the replay in one sentence', (text) => {
    expect(() => talk().hearOperator('kcell', text)).toThrow(/^kcell printed a line that is not of the replay\.$/);
  });
});

describe('a line of the bank', () => {
  test('reaches the operator that it names, without the name, and is new once', () => {
    const said = talk();
    const order = { operatorCode: 'tele2', subject: 'block-order', id: '7', leafHash: 'h', document: null };
    expect(said.hearBank(lines(order, { waiting: 3 }))).toEqual({ fresh: 1, waiting: 3 });
    expect(said.hearBank(lines(order, { waiting: 3 }))).toEqual({ fresh: 0, waiting: 3 });
    expect(said.hearBank(lines({ waiting: 0 }))).toEqual({ fresh: 0, waiting: 0 });
    expect(said.forOperator('tele2')).toBe(lines({ subject: 'block-order', id: '7', leafHash: 'h', document: null }));
    expect([said.forOperator('kcell'), said.forBank()]).toEqual(['', '']);
  });

  test.each([
    ['no last line', lines({ operatorCode: 'kcell', id: '1' })],
    ['nothing', ''],
    ['an operator that is not there', lines({ operatorCode: 'altel', id: '1' }, { waiting: 0 })],
  ])('is refused for %s', (_what, text) => expect(() => talk().hearBank(text)).toThrow(/^fraud-cases [^\n]+\.$/));
});
