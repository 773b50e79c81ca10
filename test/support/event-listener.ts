// Listens to server-sent events as a client of GraphQL over SSE does: answers in the order in which they came, and how the stream ended.

import { asGateway } from './gateway-signature';

/** An answer that came as an event. */
export interface ToldAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

/** A stream that is listened to. */
export interface EventListener {
  readonly status: number;
  readonly answers: readonly ToldAnswer[];
  /** Resolves when at least so many answers have come; rejects after ten seconds, or when the stream ends before. */
  until(count: number): Promise<readonly ToldAnswer[]>;
  /** Resolves when the stream ended, with whether it said `complete`; REFUSED: none was opened, and the one answer says why. */
  readonly ended: Promise<'COMPLETE' | 'BROKEN' | 'REFUSED'>;
  /** Leaves. */
  leave(): void;
}

/** Opens a stream; resolves when its head came. */
export async function listenTo(
  url: string,
  token: string | null,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<EventListener> {
  const left = new AbortController();
  const body = JSON.stringify({ query, variables });
  const response = await fetch(url, {
    method: 'POST',
    headers: asGateway(url, body, {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    }),
    body,
    signal: left.signal,
  });
  const answers: ToldAnswer[] = [];
  let wake: () => void = () => {};
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const read = async (): Promise<'COMPLETE' | 'BROKEN' | 'REFUSED'> => {
    if (!isStream) {
      const answer = (await response.json().catch(() => null)) as ToldAnswer | null;
      if (answer !== null) answers.push(answer);
      return answer === null ? 'BROKEN' : 'REFUSED';
    }
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          if (block.startsWith('event: complete')) return 'COMPLETE';
          const data = /^event: next\ndata: (.*)$/s.exec(block)?.[1];
          if (data !== undefined) answers.push(JSON.parse(data) as ToldAnswer);
          wake();
        }
      }
    } catch {
      // Left, or cut off.
    }
    return 'BROKEN';
  };
  let isOver = false;
  const ended = read().finally(() => {
    isOver = true;
    wake();
  });
  return {
    status: response.status,
    answers,
    async until(count) {
      for (const end = Date.now() + 10_000; answers.length < count; ) {
        if (isOver || Date.now() > end)
          throw new Error(`${answers.length} of ${count} events came: ${JSON.stringify(answers)}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 100);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return answers;
    },
    ended,
    leave: () => left.abort(),
  };
}

/** The code of the first error of an answer; null for none. */
export function codeOfAnswer(answer: ToldAnswer | undefined): string | null {
  return answer?.errors?.[0]?.extensions.code ?? null;
}
