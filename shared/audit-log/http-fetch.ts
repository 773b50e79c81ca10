// HTTP calls between programs, such as log and witnesses: bounded in time and size, no redirects, and a failure to answer is a value. The
// other side may be slow, huge or wrong; what its answer means is decided by the caller.

/** An answer, read whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** An address that must answer within a time and a size. */
export interface HttpCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  /** Of the body; plain text unless told. */
  readonly contentType?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** The answer, or null when there was none in time, it was too large, or the connection failed. Never rejects. */
export async function callHttp(call: HttpCall): Promise<HttpAnswer | null> {
  try {
    const response = await fetch(call.url, {
      method: call.method,
      body: call.body,
      redirect: 'error',
      signal: AbortSignal.timeout(call.timeoutMs),
      headers: call.body === undefined ? {} : { 'content-type': call.contentType ?? 'text/plain; charset=utf-8' },
    });
    const body = await readBody(response, call.maxBytes);
    return body === null ? null : { status: response.status, body };
  } catch {
    return null;
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Buffer | null> {
  if (response.body === null) return Buffer.alloc(0);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > maxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
