// `GET /feed/block-orders?after=CURSOR&limit=N` for operators' machines. Decides who may read (an OPERATOR's token, and then the orders of the
// token's own organisation, whatever the request says) and in which form a request is right; what a page holds is the feed's.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasRole } from '../../../shared/access/principal';
import { codeOf } from '../../../shared/graphql/graphql-fault';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../shared/vocabulary/error-catalogue';
import type { OrderFeed } from './order-feed';
import type { Listener } from './subscription-route';

/** Where the feed stands. */
export const FEED_PATH = '/feed/block-orders';

const DEFAULT_LIMIT = 50;
const MOST_EVENTS = 200;
const LIMIT = /^[1-9][0-9]{0,2}$/;
const KNOWN = new Set(['after', 'limit']);

/** A handler for the feed; says false to every other path. `askerOf` rejects with an `AppError` when a token is not believed. */
export function feedRoute(
  feed: OrderFeed,
  askerOf: (headers: NodeJS.Dict<readonly string[]>) => Promise<Listener>,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const [path, query = ''] = (request.url ?? '').split('?', 2);
    if (path !== FEED_PATH) return false;
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET');
      refuse(response, 'BAD_USER_INPUT', 405);
      return true;
    }
    const operator = await operatorOf(askerOf, request);
    if ('refusal' in operator) refuse(response, operator.refusal);
    else await answer(response, feed, operator.code, new URLSearchParams(query));
    return true;
  };
}

/** The organisation of the operator's machine that asks. */
async function operatorOf(
  askerOf: (headers: NodeJS.Dict<readonly string[]>) => Promise<Listener>,
  request: IncomingMessage,
): Promise<{ readonly code: string } | { readonly refusal: ErrorCode }> {
  try {
    const asker = await askerOf(request.headersDistinct);
    const { principal } = asker;
    if (principal === null) return { refusal: 'UNAUTHENTICATED' };
    const mayRead = hasRole(principal, 'OPERATOR') && !(await asker.isSuspended(principal.person));
    return mayRead ? { code: principal.organisation } : { refusal: 'FORBIDDEN' };
  } catch (fault) {
    return { refusal: codeOf(fault) };
  }
}

async function answer(
  response: ServerResponse,
  feed: OrderFeed,
  operatorCode: string,
  query: URLSearchParams,
): Promise<void> {
  const names = [...query.keys()];
  const limit = query.get('limit') ?? String(DEFAULT_LIMIT);
  const isAsked = names.every((name) => KNOWN.has(name)) && new Set(names).size === names.length;
  if (!isAsked || !LIMIT.test(limit) || Number(limit) > MOST_EVENTS) return refuse(response, 'BAD_USER_INPUT');
  const page = await feed(operatorCode, query.get('after'), Number(limit));
  if (!page.ok) return refuse(response, 'BAD_USER_INPUT');
  send(response, 200, page.value);
}

function refuse(response: ServerResponse, code: ErrorCode, status: number = ERROR_CATALOGUE[code].httpStatus): void {
  const { message, retryable } = ERROR_CATALOGUE[code];
  send(response, status, { errors: [{ message, extensions: { code, retryable } }] });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${JSON.stringify(body)}\n`);
}
