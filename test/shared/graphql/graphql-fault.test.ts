// What a caller sees of a fault: the code, its fixed text, who is at fault, and nothing else.

import { describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { asGraphQLError, codeOf, formatFault } from '../../../shared/graphql/graphql-fault';
import { AppError } from '../../../shared/vocabulary/app-error';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../shared/vocabulary/error-catalogue';

describe('a formatted fault', () => {
  test.each(Object.keys(ERROR_CATALOGUE) as ErrorCode[])('%s has its fixed text and nothing else', (code) => {
    const fault = new AppError(code, 'iin 900101300007 at 10.0.0.1', { cause: new Error('cause'), facts: { rows: 3 } });
    expect(formatFault(fault, 'r-1')).toEqual({
      message: ERROR_CATALOGUE[code].message,
      extensions: { code, requestId: 'r-1', retryable: ERROR_CATALOGUE[code].retryable },
    });
  });

  test('names who is at fault, and only by text', () => {
    const place = (facts: Record<string, string | number>) =>
      formatFault(new AppError('OPERATOR_ERROR', 'x', { facts }), 'r').extensions;
    expect(place({ operatorCode: 'kcell' })).toMatchObject({ operatorCode: 'kcell' });
    expect(place({ subgraph: 'numbering' })).toMatchObject({ subgraph: 'numbering' });
    expect(place({ operatorCode: 7 })).not.toHaveProperty('operatorCode');
  });

  test.each([
    Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
    Object.assign(new Error('the database system is starting up'), { code: '57P03' }),
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
    new Error('Connection terminated unexpectedly'),
  ])('passes when the database was lost: %s', (lost) => {
    for (const fault of [lost, new GraphQLError('x', { originalError: lost })]) {
      expect(formatFault(fault, 'r')).toMatchObject({ extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true } });
    }
  });

  test.each([Object.assign(new Error('duplicate key'), { code: '23505' }), new Error('anything'), 'text', null])(
    'does not pass for any other fault: %s',
    (fault) => expect(codeOf(fault)).toBe('INTERNAL'),
  );

  test('keeps the path, drops locations and whatever others put into extensions', () => {
    const inner = new AppError('FORBIDDEN', 'secret');
    const fault = new GraphQLError('secret', {
      path: ['a', 0, 'b'],
      originalError: inner,
      extensions: { stacktrace: ['secret'] },
    });
    expect(formatFault(fault, 'r')).toEqual({
      message: 'You may not see or do this.',
      path: ['a', 0, 'b'],
      extensions: { code: 'FORBIDDEN', requestId: 'r', retryable: false },
    });
  });
});

describe('the code', () => {
  test.each([
    ['of an unknown error', new Error('x'), 'INTERNAL'],
    ['of a text that was thrown', 'x', 'INTERNAL'],
    ['of nothing', undefined, 'INTERNAL'],
    ['of a GraphQL error without a code', new GraphQLError('x'), 'INTERNAL'],
    [
      'of a GraphQL error with a code of ours',
      new GraphQLError('x', { extensions: { code: 'FORBIDDEN' } }),
      'FORBIDDEN',
    ],
    [
      'of a code that is a member of every object',
      new GraphQLError('x', { extensions: { code: 'constructor' } }),
      'INTERNAL',
    ],
    ['of a parse error', new GraphQLError('x', { extensions: { code: 'GRAPHQL_PARSE_FAILED' } }), 'BAD_USER_INPUT'],
    ['of a foreign code', new GraphQLError('x', { extensions: { code: 'TEAPOT' } }), 'INTERNAL'],
  ])('%s', (_what, fault, code) => expect(codeOf(fault)).toBe(code));
});

test('a fault as a GraphQL error keeps its code and place when it is formatted later', () => {
  const error = asGraphQLError(new AppError('OPERATOR_TIMEOUT', 'slow'), { operatorCode: 'beeline' });
  expect(error.message).toBe('The operator did not answer in time.');
  expect(formatFault(error, 'r').extensions).toEqual({
    code: 'OPERATOR_TIMEOUT',
    requestId: 'r',
    retryable: true,
    operatorCode: 'beeline',
  });
});
