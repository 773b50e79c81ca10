// A proxy before one service that keeps when each request came in and when its answer was through. It costs about a millisecond itself,
// so its figures say where time goes and not how much there is.

import { Agent, createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to a service, in milliseconds of `performance.now()`. */
export interface TimedCall {
  readonly service: string;
  readonly path: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly answerBytes: number;
}

export interface TimingProxy {
  readonly url: string;
  stop(): Promise<void>;
}

/** Stands before `target` and tells every call to `tell`. */
export async function startTimingProxy(
  service: string,
  target: string,
  tell: (call: TimedCall) => void,
): Promise<TimingProxy> {
  const { hostname, port, pathname } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const fromMs = performance.now();
    const forward = sendRequest(
      { agent, hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers },
      (answer) => {
        let answerBytes = 0;
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('data', (chunk: Buffer) => {
          answerBytes += chunk.length;
        });
        answer.on('end', () =>
          tell({ service, path: incoming.url ?? '', fromMs, toMs: performance.now(), answerBytes }),
        );
        answer.pipe(outgoing);
      },
    );
    forward.once('error', () => outgoing.destroy());
    incoming.pipe(forward);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
