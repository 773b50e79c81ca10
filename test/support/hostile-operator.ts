// An operator that lies or fails on demand: a real HTTP server over the operator's contract that can be switched through every lie and
// fault that the gateway must survive. Every text that must never reach a client holds the word FORBIDDEN-TEXT.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  executeHonestly,
  operatorSchema,
  type ReceivedCall,
  startWorldServer,
  type WorldServer,
  worldNumber,
  worldTenure,
} from './contract-world';

/** What a client may be told for the rows of an operator that lies so. `VALUES` means that the rows come out whole. */
export type Expectation = 'VALUES' | 'NOT_FOUND' | readonly string[];

interface Lie {
  readonly expect: Expectation;
  /** Fields that are lost; all of the row's when not given. */
  readonly lost?: readonly string[];
  readonly act: (context: LieContext) => void | Promise<void>;
}

interface LieContext {
  readonly honest: Record<string, unknown>;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly call: ReceivedCall;
}

type Row = Record<string, unknown>;

/** Made once: packing it takes longer than any deadline. */
const BOMB = gzipSync(Buffer.alloc(40_000_000, ' '));

const BAD = ['OPERATOR_BAD_RESPONSE'];
const GONE = ['OPERATOR_UNAVAILABLE'];
const LATE = ['OPERATOR_TIMEOUT'];
const ERROR = ['OPERATOR_ERROR'];

/** Every lie and fault by name; the names of the catalogue's rows stand in front. */
export const LIES: Readonly<Record<string, Lie>> = {
  'F03 late by ten seconds': lateLie(10_000),
  'F04 hangs before its headers': { expect: LATE, act: () => undefined },
  'F05 hangs in the body': {
    expect: LATE,
    act: ({ response, honest }) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': 100_000 });
      response.write(JSON.stringify(honest));
    },
  },
  'F06 drips a byte at a time': {
    expect: LATE,
    act: ({ response, honest }) => {
      const text = JSON.stringify(honest);
      response.writeHead(200, JSON_TYPE);
      let at = 0;
      const timer = setInterval(() => response.write(text[at++] ?? ' '), 20);
      response.on('close', () => clearInterval(timer));
    },
  },
  'F07 resets in the body': {
    expect: GONE,
    act: ({ response, socket }) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': 1_000 });
      response.write('{"data":{"_entities":[', () => socket.resetAndDestroy());
    },
  },
  'F07 resets before its headers': { expect: GONE, act: ({ socket }) => void socket.resetAndDestroy() },
  'F08 status 500 with a text': statusLie(500, GONE),
  'F08 status 502 with a text': statusLie(502, GONE),
  'F08 status 503 with a text': statusLie(503, GONE),
  'F09 status 401': statusLie(401, ERROR),
  'F09 status 403': statusLie(403, ERROR),
  'F10 a page of HTML': {
    expect: GONE,
    act: ({ response }) => text(response, '<html>FORBIDDEN-TEXT</html>', 'text/html'),
  },
  'F11 broken JSON': rawLie((honest) => honest.replace('"', '')),
  'F11 truncated JSON': rawLie((honest) => honest.slice(0, -5)),
  'F11 a byte order mark': rawLie((honest) => `\ufeff${honest}`),
  'F11 NaN': rawLie((honest) => honest.replace(/"LOW"/, 'NaN')),
  'F11 the same member twice': rawLie((honest) => honest.replace('{"data":', '{"data":{"_entities":[]},"data":')),
  'F11 a member twice in a row': rawLie((honest) => honest.replace('"level":', '"level":"HIGH","level":')),
  'F11 a member twice by an escape': rawLie((honest) => honest.replace('"level":', '"l\\u0065vel":"HIGH","level":')),
  'F11 two documents': rawLie((honest) => honest + honest),
  'F11 bytes that are not UTF-8': {
    expect: BAD,
    act: ({ response, honest }) => {
      const bytes = Buffer.from(JSON.stringify(honest));
      bytes[bytes.indexOf('Name ')] = 0xff;
      response.writeHead(200, JSON_TYPE);
      response.end(bytes);
    },
  },
  'F12 an empty list': rawLie(() => '[]'),
  'F12 a string': rawLie(() => '"FORBIDDEN-TEXT"'),
  'F12 null': rawLie(() => 'null'),
  'F12 an empty object': rawLie(() => '{}'),
  'F12 an empty body': rawLie(() => ''),
  'F12 data of another kind': bodyLie((body) => ({ ...body, data: 'FORBIDDEN-TEXT' })),
  'F13 rows that are no list': entitiesLie(() => ({ 0: 'FORBIDDEN-TEXT' })),
  'F13 rows that are null': entitiesLie(() => null),
  'F13 one row too few': entitiesLie((rows) => rows.slice(1)),
  'F13 one row too many': entitiesLie((rows) => [...rows, rows[0]]),
  'F13 a row that is a number': rowLie(() => 5),
  'F13 a row that is a list': rowLie((row) => [row]),
  'F14 the row of another number': rowLie((row) => ({ ...otherRow(row), ...keepTypename(row) })),
  'F14 rows in reverse order': entitiesLie((rows) => (rows.length > 1 ? [...rows].reverse() : [otherRow(rows[0])])),
  'F14 rows shifted by one': entitiesLie((rows) =>
    rows.length > 1 ? [...rows.slice(1), rows[0]] : [otherRow(rows[0])],
  ),
  'F14 a key without its member': rowLie((row) => omit(row, /__k0$/)),
  'F14 a key that is null': rowLie((row) => replaceKeys(row, /__k0$/, null)),
  'F14 a key in a list': rowLie((row) => mapKeys(row, /__k0$/, (value) => [value])),
  'F14 another start of the tenure': rowLie((row) => replaceKeys(row, /__k2$/, '2020-01-01T00:00:00.000Z')),
  'F14 the key of another operator': rowLie((row) => replaceKeys(row, /__k1$/, 'beeline')),
  'F14 a key field that was not asked told otherwise': {
    expect: 'VALUES',
    act: overRows((row) => ({ ...row, msisdn: worldNumber('kcell', 99_999), operatorCode: 'beeline' })),
  },
  'F15 another type': rowLie((row) => replaceKeys(row, /__t$/, 'OperatorHolding')),
  'F15 a type of the bank': rowLie((row) => ({ ...replaceKeys(row, /__t$/, 'FraudCase'), __typename: 'FraudCase' })),
  'F15 no type': rowLie((row) => omit(row, /__t$/)),
  'F15 a type named __proto__': rowLie((row) => replaceKeys(row, /__t$/, '__proto__')),
  'F16 fields nobody asked for': {
    expect: 'VALUES',
    act: overRows((row) => ({
      ...row,
      fullName: 'FORBIDDEN-TEXT',
      blockStatus: { state: 'NONE', reason: 'FORBIDDEN-TEXT' },
      openCase: { id: 'FORBIDDEN-TEXT' },
      number: { msisdn: 'FORBIDDEN-TEXT' },
    })),
  },
  'F16 fields of the bank beside the rows': {
    expect: 'VALUES',
    act: sendBody((body) => ({
      ...body,
      data: { ...(body.data as Row), phoneNumber: { blockStatus: { state: 'NONE', reason: 'FORBIDDEN-TEXT' } } },
      extensions: { leak: 'FORBIDDEN-TEXT' },
    })),
  },
  'F17 null where none may be': deepLie('indicators', (row) => replaced(row, ['risk', 'indicators', 0, 'code'], null)),
  'F17 an enum value that is none': deepLie('level', (row) => replaced(row, ['risk', 'level'], 'FORBIDDEN-TEXT')),
  'F17 an object for a text': deepLie('maskedName', (row) =>
    replaced(row, ['contract', 'subscriber', 'maskedName'], { text: 'FORBIDDEN-TEXT' }),
  ),
  'F17 a number for a text': deepLie('maskedName', (row) => replaced(row, ['contract', 'subscriber', 'maskedName'], 5)),
  'F17 a text for a number': deepLie('monitoredPeriodDays', (row) =>
    replaced(row, ['simSwap', 'monitoredPeriodDays'], 'FORBIDDEN-TEXT'),
  ),
  'F17 a fraction for a whole number': deepLie('monitoredPeriodDays', (row) =>
    replaced(row, ['simSwap', 'monitoredPeriodDays'], 1.5),
  ),
  'F17 a number beyond all bounds': {
    expect: BAD,
    lost: ['indicators'],
    act: ({ response, honest }) => text(response, JSON.stringify(honest).replaceAll('"value":0.5', '"value":1e400')),
  },
  'F17 a list for an object': deepLie('risk', (row) => ({ ...row, risk: [row.risk] })),
  'F17 an object for a list': deepLie('indicators', (row) =>
    replaced(row, ['risk', 'indicators'], { 0: 'FORBIDDEN-TEXT' }),
  ),
  'F17 a field left out': deepLie('level', (row) => replaced(row, ['risk'], omit(row.risk as Row, /^level$/))),
  'F17 an instant that is none': deepLie('indicators', (row) =>
    replaced(row, ['risk', 'indicators', 0, 'firedAt'], { at: 'FORBIDDEN-TEXT' }),
  ),
  'F18 __proto__ in every row': {
    expect: 'VALUES',
    act: ({ response, honest }) =>
      text(
        response,
        JSON.stringify(honest).replaceAll(
          '"level":',
          '"__proto__":{"polluted":"FORBIDDEN-TEXT"},"constructor":{"prototype":{"polluted":"FORBIDDEN-TEXT"}},"level":',
        ),
      ),
  },
  'F19 forty megabytes': {
    expect: BAD,
    act: ({ response }) => {
      response.writeHead(200, JSON_TYPE);
      const chunk = `"${'x'.repeat(1_000_000)}",`;
      let sent = 0;
      const more = (): void => {
        while (sent++ < 40) if (!response.write(chunk)) return void response.once('drain', more);
        response.end();
      };
      response.write('{"data":{"_entities":[');
      more();
    },
  },
  'F19 a length of forty megabytes': {
    expect: BAD,
    act: ({ response }) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': 40_000_000 });
      response.write('{"data":');
    },
  },
  'F19 a hundred thousand rows': rawLie(() => `{"data":{"_entities":[${'{},'.repeat(100_000)}{}]}}`),
  'F19 ten thousand levels': rawLie(() => `{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
  'F19 thirty-three levels in a field nobody asked for': rawLie((honest) =>
    honest.replace('"level":', `"x":${'['.repeat(33)}${']'.repeat(33)},"level":`),
  ),
  'F20 a compressed bomb': {
    expect: BAD,
    act: ({ response }) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
      response.end(BOMB);
    },
  },
  'F21 a redirect': {
    expect: GONE,
    act: ({ response }) => {
      response.writeHead(302, { location: 'http://127.0.0.1:9/FORBIDDEN-TEXT' });
      response.end('FORBIDDEN-TEXT');
    },
  },
  'F21 a redirect that keeps the method': {
    expect: GONE,
    act: ({ response }) => {
      response.writeHead(307, { location: 'http://127.0.0.1:9/FORBIDDEN-TEXT' });
      response.end('FORBIDDEN-TEXT');
    },
  },
  'F23 errors that tell what they must not': {
    expect: ERROR,
    act: sendBody((body) => ({
      data: { ...nulled(body) },
      errors: [
        {
          message: 'FORBIDDEN-TEXT 900101300007 at /srv/operator.js:12',
          path: ['_entities', 0],
          extensions: { code: 'FORBIDDEN', stacktrace: ['FORBIDDEN-TEXT'], sql: 'select FORBIDDEN-TEXT' },
        },
        { message: 'FORBIDDEN-TEXT', extensions: { code: 'UNAUTHENTICATED' } },
      ],
    })),
  },
  'F23 errors that name the fields of others': {
    expect: 'VALUES',
    act: sendBody((body) => ({
      ...body,
      errors: [
        { message: 'FORBIDDEN-TEXT', path: ['phoneNumbers', 0, 'blockStatus'] },
        { message: 'FORBIDDEN-TEXT', path: ['_entities', 999, 'risk'] },
        { message: 'FORBIDDEN-TEXT', path: ['_entities', '__proto__', 'polluted'] },
        { message: 'FORBIDDEN-TEXT', path: ['__proto__'] },
        { message: 'FORBIDDEN-TEXT', path: [{}, [], null] },
        'FORBIDDEN-TEXT',
        null,
      ],
    })),
  },
  'F23 refused as a whole': {
    expect: ERROR,
    act: sendBody(() => ({ data: null, errors: [{ message: 'FORBIDDEN-TEXT', extensions: { code: 'X' } }] })),
  },
  'F24 a second answer behind the first': {
    expect: 'VALUES',
    act: ({ socket, honest }) => {
      const body = JSON.stringify(honest);
      const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
      const second = body.replaceAll('Name ', 'FORBIDDEN-TEXT ');
      socket.write(
        `${head}${body}HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(second)}\r\n\r\n${second}`,
      );
    },
  },
  'F25 knows none of the numbers': { expect: 'NOT_FOUND', act: overRows(() => null) },
};

/** A hostile operator; `lie` may be changed at any time, null is honest. */
export interface HostileOperator extends WorldServer {
  lie: string | null;
}

/** Starts a hostile operator that begins honest. */
export async function startHostileOperator(code: string): Promise<HostileOperator> {
  const schema = operatorSchema(code);
  const world = await startWorldServer(async (call, request, response) => {
    const honest = await executeHonestly(schema, call);
    const lie = hostile.lie === null ? undefined : LIES[hostile.lie];
    if (lie === undefined) text(response, JSON.stringify(honest));
    else await lie.act({ honest, response, socket: request.socket, call });
  });
  const hostile: HostileOperator = { url: world.url, calls: world.calls, close: world.close, lie: null };
  return hostile;
}

const JSON_TYPE = { 'content-type': 'application/json' } as const;

function text(response: ServerResponse, body: string, type = 'application/json'): void {
  response.writeHead(200, { 'content-type': type });
  response.end(body);
}

function lateLie(milliseconds: number): Lie {
  return {
    expect: LATE,
    act: ({ response, honest }) => {
      const timer = setTimeout(() => text(response, JSON.stringify(honest)), milliseconds);
      response.on('close', () => clearTimeout(timer));
    },
  };
}

function statusLie(status: number, expect: Expectation): Lie {
  return {
    expect,
    act: ({ response }) => {
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' });
      response.end(JSON.stringify({ errors: [{ message: 'FORBIDDEN-TEXT: select * from subscriber' }] }));
    },
  };
}

function rawLie(change: (honest: string) => string): Lie {
  return { expect: BAD, act: ({ response, honest }) => text(response, change(JSON.stringify(honest))) };
}

function sendBody(change: (body: Row) => unknown): Lie['act'] {
  return ({ response, honest }) => text(response, JSON.stringify(change(honest)));
}

function bodyLie(change: (body: Row) => unknown): Lie {
  return { expect: BAD, act: sendBody(change) };
}

/** Changes each list of rows, under whatever alias it stands. */
function entitiesLie(change: (rows: Row[]) => unknown): Lie {
  return {
    expect: BAD,
    act: sendBody((body) => ({
      data: Object.fromEntries(Object.entries(body.data as Row).map(([key, rows]) => [key, change(rows as Row[])])),
    })),
  };
}

function overRows(change: (row: Row) => unknown): Lie['act'] {
  return sendBody((body) => ({
    data: Object.fromEntries(Object.entries(body.data as Row).map(([key, rows]) => [key, (rows as Row[]).map(change)])),
  }));
}

function rowLie(change: (row: Row) => unknown): Lie {
  return { expect: BAD, act: overRows(change) };
}

function deepLie(lost: string, change: (row: Row) => unknown): Lie {
  return { expect: BAD, lost: [lost], act: overRows(change) };
}

function nulled(body: Row): Row {
  return Object.fromEntries(
    Object.entries(body.data as Row).map(([key, rows]) => [key, (rows as Row[]).map(() => null)]),
  );
}

/** What is asked of a row, told of another number. */
function otherRow(row: Row | undefined): Row {
  const other = worldTenure(worldNumber('kcell', 88_888), 'kcell');
  const copy: Row = { ...row, contract: other.contract, risk: other.risk };
  return replaceKeys(copy, /__k0$/, other.msisdn);
}

function keepTypename(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name.endsWith('__t')));
}

function omit(row: Row, names: RegExp): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.test(name)));
}

function replaceKeys(row: Row, names: RegExp, value: unknown): Row {
  return mapKeys(row, names, () => value);
}

function mapKeys(row: Row, names: RegExp, change: (value: unknown) => unknown): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, names.test(name) ? change(value) : value]),
  );
}

/** A copy of a value with another one at a path. */
function replaced(row: Row, path: readonly (string | number)[], value: unknown): Row {
  const copy = structuredClone(row);
  let at: Record<string | number, unknown> = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
  return copy;
}
