// The bank's call to an operator: the signed order through the gateway's partitioned mutation, as the machine that may do that and nothing
// else. Every outcome is a value. The answer is foreign: here it is only read, what a receipt is worth is decided by the settlement.

import { parseStrictJson } from '../../../shared/audit/strict-json';
import { type CallFault, type CallHttp, callHttp } from '../../../shared/service/http-call';

/**
 * What came back. RECEIPT: the operator's text, unverified. UNREACHABLE: nobody was reached, and the order has not arrived. TIMEOUT: it may have
 * arrived. REFUSED: it was answered with something else than a receipt.
 */
export type OrderAnswer =
  | { readonly kind: 'RECEIPT'; readonly receipt: string }
  | { readonly kind: 'UNREACHABLE' | 'TIMEOUT' | 'REFUSED'; readonly reason: string };

/** Sends one order to one operator; never rejects. */
export type SendOrder = (operatorCode: string, order: string, signal: AbortSignal) => Promise<OrderAnswer>;

/** A machine's sign-in. */
export interface OrderSignIn {
  token(): Promise<string>;
  /** Told when a token was refused. */
  forget(): void;
}

const MUTATION = `mutation ExecuteBlockOrder($operatorCode: ID!, $order: String!) {
  executeBlockOrder(operatorCode: $operatorCode, order: $order) { orderId sequence outcome enforcedAt receipt }
}`;
const LARGEST_ANSWER = 262_144;
const LONGEST_RECEIPT = 16_384;
/** A code is all of a foreign text that is kept. */
const CODE = /^[A-Z][A-Z_]{1,39}$/;
/** Codes that say nothing about the order: nobody was there, or too much was asked at once. */
const UNREACHABLE: readonly string[] = [
  'OPERATOR_UNAVAILABLE',
  'OVERLOADED',
  'QUOTA_EXCEEDED',
  'SUBGRAPH_UNAVAILABLE',
  'AUDIT_UNAVAILABLE',
  'UNAUTHENTICATED',
];

/** A sender over HTTP. `timeoutMs` bounds the call as a whole, above the gateway's own deadline for mutations. */
export function createOrderSender(options: {
  readonly gatewayUrl: string;
  readonly signIn: OrderSignIn;
  readonly timeoutMs: number;
  /** How the gateway is called; in the clear on this machine unless told. */
  readonly call?: CallHttp;
}): SendOrder {
  const { gatewayUrl, signIn, timeoutMs, call = callHttp } = options;
  return async (operatorCode, order, signal) => {
    let token: string;
    try {
      token = await signIn.token();
    } catch {
      return NO_CONNECTION;
    }
    let fault: CallFault = 'UNREACHABLE';
    const response = await call({
      url: gatewayUrl,
      server: 'gateway',
      method: 'POST',
      contentType: 'application/json',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: MUTATION, variables: { operatorCode, order } }),
      timeoutMs,
      maxBytes: LARGEST_ANSWER,
      signal,
      onFault: (why) => {
        fault = why;
      },
    });
    if (response === null) return answerWithout(fault);
    if (response.status === 401) signIn.forget();
    const answer = answerIn(response.body);
    if (answer !== null) {
      if (answer.kind !== 'RECEIPT' && answer.reason === 'UNAUTHENTICATED') signIn.forget();
      return answer;
    }
    const reason = `STATUS_${response.status}`;
    return response.status >= 500 || [401, 408, 425, 429].includes(response.status)
      ? { kind: 'UNREACHABLE', reason }
      : { kind: 'REFUSED', reason };
  };
}

const NO_CONNECTION: OrderAnswer = { kind: 'UNREACHABLE', reason: 'NO_CONNECTION' };

/** What was sent may have arrived, unless nobody was connected to; to the operator both look the same. */
function answerWithout(fault: CallFault): OrderAnswer {
  if (fault === 'TIMEOUT') return { kind: 'TIMEOUT', reason: 'NO_ANSWER' };
  return fault === 'TOO_LARGE' ? { kind: 'REFUSED', reason: 'TOO_LARGE' } : NO_CONNECTION;
}

/** What a GraphQL response says of the one field; null for anything that is no such response. */
function answerIn(body: Uint8Array): OrderAnswer | null {
  const response = parse(body);
  if (response === null || !('data' in response || 'errors' in response)) return null;
  const receipt = memberOf(memberOf(response.data, 'executeBlockOrder'), 'receipt');
  if (typeof receipt === 'string' && receipt.length <= LONGEST_RECEIPT) return { kind: 'RECEIPT', receipt };
  const first: unknown = Array.isArray(response.errors) ? response.errors[0] : undefined;
  const code = memberOf(memberOf(first, 'extensions'), 'code');
  const reason = typeof code === 'string' && CODE.test(code) ? code : 'NO_RECEIPT';
  if (reason === 'OPERATOR_TIMEOUT') return { kind: 'TIMEOUT', reason };
  return { kind: UNREACHABLE.includes(reason) ? 'UNREACHABLE' : 'REFUSED', reason };
}

function parse(body: Uint8Array): { readonly data?: unknown; readonly errors?: unknown } | null {
  try {
    const value: unknown = parseStrictJson(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
