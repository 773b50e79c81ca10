// Ports on the loopback interface: whether one is free, and which one to take instead.

import { createServer } from 'node:net';

/** Host of everything that a local network starts. */
export const LOOPBACK = '127.0.0.1';

/** `preferred` when it is free and not among `taken`, else any free port. Nothing holds it until somebody listens there. */
export async function choosePort(preferred: number, taken: ReadonlySet<number>): Promise<number> {
  if (preferred <= 65_535 && !taken.has(preferred) && (await isFree(preferred))) return preferred;
  for (;;) {
    const port = await listenOnce(0);
    if (port !== null && !taken.has(port)) return port;
  }
}

/** Whether this user could listen on the port now. */
export async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== null;
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null));
    });
  });
}
