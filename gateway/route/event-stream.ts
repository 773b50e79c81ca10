// Server-sent events as GraphQL over SSE uses them (distinct connections): `next` carries one answer, `complete` ends. Reads the bytes of a
// stream into events; comments, which keep connections open, are passed over.

import { ANSWER_LIMIT_BYTES } from './send';

/** One event: its name (`message` when none was told) and its data. Chosen by the sender, not yet checked. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/** The events of a stream. Ends early when one event is larger than an answer may be. */
export async function* readEvents(chunks: AsyncIterable<Buffer>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    // A carriage return at the end may be half of a line's end; it is left for the next chunk.
    const whole = text.endsWith('\r') ? text.length - 1 : text.length;
    const blocks = text.slice(0, whole).split(/\r\n\r\n|\n\n|\r\r/);
    text = (blocks.pop() ?? '') + text.slice(whole);
    for (const block of blocks) {
      const event = readBlock(block);
      if (event !== null) yield event;
    }
    if (text.length > ANSWER_LIMIT_BYTES) return;
  }
}

function readBlock(block: string): StreamEvent | null {
  let name = 'message';
  const data: string[] = [];
  let told = false;
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon === 0 || line === '') continue;
    told = true;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
  }
  return told ? { name, data: data.join('\n') } : null;
}
