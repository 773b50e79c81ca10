// Runs a subscription: one subgraph gives the events, the rest of the plan completes each of them. An event is a run of its own,
// with its own data, losses and deadline, so that nothing of one event reaches the next.

import type { JsonObject } from '../../shared/vocabulary/json';
import type { PreparedOperation } from '../plan/prepared-operation';
import type { RequestContext, Send, Subscribe } from '../route/subgraph-call';
import { type ExecutionResult, notRun, Run } from './execute';
import { ownValue } from './merge';
import { stoppable } from './stoppable';

/**
 * Answers a subscription event by event. Ends when the subgraph ends it, when the reader returns, or when the context's signal
 * aborts; the subgraph's side is closed then, also while an event is awaited. `eventContext` gives each event its own deadline;
 * without it all share the context's.
 */
export function subscribe(
  prepared: PreparedOperation,
  variables: JsonObject,
  context: RequestContext,
  send: Send,
  open: Subscribe,
  eventContext: (signal: AbortSignal) => RequestContext = (signal) => ({ ...context, signal }),
): AsyncIterableIterator<ExecutionResult> {
  return stoppable(context.signal, async function* (signal) {
    const variant = await prepared.variantFor(variables);
    if (!variant.ok) {
      yield notRun(variant.error, context);
      return;
    }
    const plan = variant.value.plans[0];
    if (plan?.primary === undefined || plan.primary === null) {
      // Nothing but what is answered locally was asked; a subscription must have an event source.
      return;
    }
    const { primary, root } = plan;
    const asked: Record<string, JsonObject[string]> = {};
    for (const name of primary.fetch.variableNames) {
      const value = ownValue(variables, name);
      if (value !== undefined) asked[name] = value;
    }
    for await (const event of open({ fetch: primary.fetch, variables: asked, context: { ...context, signal } })) {
      if (signal.aborted) return;
      const run = new Run(prepared, variant.value, variables, eventContext(signal), send);
      run.mergeRoot(primary, event);
      if (root !== null) await run.walk(root);
      if (signal.aborted) return;
      yield run.complete();
    }
  });
}
