// Takes one operation from a request, or refuses the request: media types, body, form. The same for both gateways.

import type { EdgeRequest } from './listen';
import { refuse } from './listen';
import { type OperationRequest, parseOperationRequest, readBody } from './operation-request';
import { methodRefusal, NOT_ACCEPTABLE } from './refusal';
import { type AnswerMedia, acceptedMedia, EVENT_STREAM, mediaRefusal } from './request-head';

/** An operation that may be prepared, and how its client wants the answer. */
export interface AcceptedOperation {
  readonly asked: OperationRequest;
  readonly media: AnswerMedia | typeof EVENT_STREAM;
}

/** The operation of a POST; null when the request has been refused or its client has left. */
export async function acceptOperation({
  request,
  response,
  requestId,
}: EdgeRequest): Promise<AcceptedOperation | null> {
  const media = acceptedMedia(request.headers.accept);
  const refusal =
    request.method !== 'POST' ? methodRefusal('POST') : media === null ? NOT_ACCEPTABLE : mediaRefusal(request);
  if (refusal !== null || media === null) {
    refuse(response, refusal ?? NOT_ACCEPTABLE, requestId);
    return null;
  }
  const body = await readBody(request);
  if (body === null) return null;
  const asked = Buffer.isBuffer(body) ? parseOperationRequest(body) : body;
  if ('status' in asked) {
    refuse(response, asked, requestId);
    return null;
  }
  return { asked, media };
}
