// Readers that take nothing, readers that leave, and the bounds of what waits for them.

import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEventTail } from '../../../../subgraphs/fraud-cases/live/event-tail';
import { openEvents } from '../../../../subgraphs/fraud-cases/live/event-writer';
import { openMailbox } from '../../../../subgraphs/fraud-cases/live/mailbox';
import { eventually } from '../log-fixture';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A reader over a real socket, and the server's side of it. */
async function readerOf(): Promise<{ readonly response: ServerResponse; readonly socket: Socket; text(): string }> {
  let text = '';
  const opened = new Promise<{ response: ServerResponse; server: Server }>((resolve) => {
    const server = createServer((_request, response) => resolve({ response, server }));
    server.listen(0, '127.0.0.1', () => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      closers.push(() => {
        socket.destroy();
        server.close();
      });
      sockets.push(socket);
    });
  });
  const sockets: Socket[] = [];
  const { response } = await opened;
  const [socket] = sockets;
  if (socket === undefined) throw new Error('a reader has a socket');
  return { response, socket, text: () => text };
}

describe('a stream of events', () => {
  it('says its head at once, each answer as it comes, a comment now and then, and the end', async () => {
    const { response, text } = await readerOf();
    const writer = openEvents(response, { heartbeatMs: 20, slowestMs: 1_000 });
    writer.begin();
    await eventually(async () => text().includes('content-type: text/event-stream'));
    expect(await writer.next({ data: 1 })).toBe(true);
    await eventually(async () => text().includes('event: next\ndata: {"data":1}\n\n') && text().includes(':\n\n'));
    writer.complete();
    await eventually(async () => text().includes('event: complete\ndata:\n\n'));
    expect(await writer.next({ data: 2 })).toBe(false);
  });

  it('is cut off when its reader takes nothing, with little written ahead', async () => {
    const { response, socket } = await readerOf();
    socket.pause();
    const writer = openEvents(response, { heartbeatMs: 10_000, slowestMs: 100 });
    const answer = { data: 'x'.repeat(100_000) };
    let written = 0;
    while (await writer.next(answer)) {
      written += 1;
      expect(response.writableLength).toBeLessThan(300_000);
    }
    expect(response.destroyed).toBe(true);
    // What the systems' own buffers hold, a few megabytes, and no more.
    expect(written).toBeLessThan(200);
  });

  it('ends without a fault when its reader left', async () => {
    const { response, socket } = await readerOf();
    const writer = openEvents(response);
    writer.begin();
    socket.destroy();
    await eventually(async () => response.destroyed);
    expect(await writer.next({ data: 1 })).toBe(false);
    writer.complete();
  });
});

describe('what waits for a reader', () => {
  it('is handed over in order, also to one that waits already', async () => {
    const box = openMailbox<number>(3, () => {});
    const first = box.values.next();
    for (const value of [1, 2, 3]) expect(box.put(value)).toBe(true);
    expect([(await first).value, (await box.values.next()).value, (await box.values.next()).value]).toEqual([1, 2, 3]);
  });

  it('is bounded: a reader that stays behind is ended, once', async () => {
    let over = 0;
    const box = openMailbox<number>(2, () => {
      over += 1;
    });
    expect([box.put(1), box.put(2), box.put(3), box.put(4)]).toEqual([true, true, false, false]);
    expect(over).toBe(1);
    expect(await box.values.next()).toEqual({ done: false, value: 1 });
    expect(await box.values.next()).toEqual({ done: false, value: 2 });
    expect((await box.values.next()).done).toBe(true);
  });

  it('ends at once when the reader returns while it waits', async () => {
    let over = 0;
    const box = openMailbox<number>(2, () => {
      over += 1;
    });
    const waiting = box.values.next();
    await box.values.return?.();
    expect((await waiting).done).toBe(true);
    expect([over, box.put(1)]).toEqual([1, false]);
  });
});

describe('a tail of events', () => {
  const places = (...list: number[]) => list.map((place) => ({ transaction: '1', place: String(place) }));

  /** Events in memory, with the reads counted; `fails` makes the next read reject. */
  function tailOver() {
    const state = { events: places(1, 2), readable: 2, reads: 0, fails: false, faults: 0 };
    let ring: () => void = () => {};
    const tail = createEventTail({
      reads: {
        async after(place, limit) {
          state.reads += 1;
          if (state.fails) {
            state.fails = false;
            throw new Error('the database is away');
          }
          const readable = state.events.slice(0, state.readable);
          return readable.filter((event) => Number(event.place) > Number(place.place)).slice(0, limit);
        },
        awaits: async () => state.readable < state.events.length,
      },
      horizon: async () => ({ transaction: '1', place: String(state.readable) }),
      onRing: (look) => {
        ring = look;
        return () => {};
      },
      onFault: () => {
        state.faults += 1;
      },
      pace: { soonMs: 5, idleMs: 50 },
    });
    return { state, tail, ring: () => ring() };
  }

  it('reads once for all who listen, from when they began to', async () => {
    const { state, tail, ring } = tailOver();
    const heard: string[][] = [[], []];
    for (const list of heard) await tail.listen(({ place }) => list.push(place));
    state.events.push(...places(3, 4));
    state.readable = 4;
    ring();
    await eventually(async () => heard.every((list) => list.length === 2));
    expect(heard).toEqual([
      ['3', '4'],
      ['3', '4'],
    ]);
    await tail.stop();
  });

  it('reads nothing while nobody listens, and looks again soon while something waits', async () => {
    const { state, tail, ring } = tailOver();
    ring();
    expect(state.reads).toBe(0);
    const heard: string[] = [];
    const leave = await tail.listen(({ place }) => heard.push(place));
    state.events.push(...places(3));
    ring();
    const before = state.reads;
    await eventually(async () => state.reads > before + 2);
    expect(heard).toEqual([]);
    state.readable = 3;
    // No ring: the event became readable because an older transaction ended.
    await eventually(async () => heard.length === 1);
    leave();
    await eventually(async () => {
      const reads = state.reads;
      await new Promise((resolve) => setTimeout(resolve, 60));
      return state.reads === reads;
    });
    await tail.stop();
  });

  it('goes on at the same place after a read that failed', async () => {
    const { state, tail, ring } = tailOver();
    const heard: string[] = [];
    await tail.listen(({ place }) => heard.push(place));
    await eventually(async () => state.reads > 0);
    state.fails = true;
    state.events.push(...places(3));
    state.readable = 3;
    ring();
    await eventually(async () => heard.length === 1);
    expect([heard, state.faults]).toEqual([['3'], 1]);
    await tail.stop();
  });
});
