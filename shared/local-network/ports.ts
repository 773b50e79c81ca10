// Ports on the loopback interface: which one a service gets, and that nobody takes it before the service is there. Filling the databases
// takes a while, in which the system would give a free port to any connection that goes out; a port that somebody listens on it does not.

import { createServer, type Server } from 'node:net';

/** Host of everything that a local network starts. */
export const LOOPBACK = '127.0.0.1';

/** Ports that are kept for services by name. */
export interface HeldPorts {
  readonly byName: ReadonlyMap<string, number>;
  /** Gives all ports back, so that the services can listen there; harmless when repeated. */
  release(): Promise<void>;
}

/**
 * Holds a port for each name: the wished one when it is free, else any free one. Null, and nothing is held, when the port of `must`, the one
 * name that takes no other, is in use.
 */
export async function holdPorts(
  wishes: ReadonlyMap<string, number>,
  must: string | null = null,
): Promise<HeldPorts | null> {
  const holders: Server[] = [];
  const byName = new Map<string, number>();
  let releasing: Promise<void> | undefined;
  const release = (): Promise<void> => {
    releasing ??= Promise.all(holders.map(close)).then(() => {});
    return releasing;
  };
  for (const [name, wish] of wishes) {
    const holder = (wish <= 65_535 ? await hold(wish) : null) ?? (name === must ? null : await hold(0));
    if (holder === null) {
      await release();
      return null;
    }
    holders.push(holder.server);
    byName.set(name, holder.port);
  }
  return { byName, release };
}

function hold(port: number): Promise<{ readonly server: Server; readonly port: number } | null> {
  return new Promise((resolve) => {
    // Whoever connects meanwhile is turned away at once.
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? { server, port: address.port } : null);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
