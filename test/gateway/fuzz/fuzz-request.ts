// What one request of a fuzz run is on the wire, and what a sound gateway owes it.

/** A request as it is sent. */
export interface FuzzRequest {
  readonly bytes: Buffer;
  /** ANSWER: sound HTTP, which must be answered. MAYBE: it may also be cut off. */
  readonly owed: 'ANSWER' | 'MAYBE';
  /** Whether the connection may carry another request afterwards. */
  readonly isReusable: boolean;
  /** Whether the client says at once that it will send nothing more. */
  readonly endsAtOnce: boolean;
  /** A sound operation that a gateway which knows who asks may refuse for that. */
  readonly needsSignIn?: boolean;
  /** The method of the request, if it has one. */
  readonly method: string;
}

/** Header lines of a plain request, without its length. */
export const PLAIN_HEAD: readonly string[] = ['host: gateway.invalid', 'content-type: application/json'];

/** The bytes of a request; header lines are Latin-1 and taken as they are. */
export function request(line: string, headers: readonly string[], body: string | Buffer): Buffer {
  const head = `${[line, ...headers].join('\r\n')}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), typeof body === 'string' ? Buffer.from(body) : body]);
}
