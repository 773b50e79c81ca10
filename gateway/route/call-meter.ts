// Counts and times what the gateway asks of operators and of the bank's subgraphs, around the calls that it is given. It changes no call
// and reads no answer but for how it ended.

import type { Metrics } from '../../shared/service/metrics';
import type { BankCalls } from './bank-call';
import type { OperatorCalls } from './operator-call';
import type { OperatorGates } from './operator-gate';
import type { Post } from './send';
import type { SubgraphAnswer } from './subgraph-call';

/** Puts meters around calls. Made once per process: its families outlive a reload of the supergraph. */
export interface CallMeter {
  operators(calls: OperatorCalls, gates: OperatorGates): OperatorCalls;
  bank(calls: BankCalls): BankCalls;
  /** Around the posts by which the bank's leave is asked. */
  leave(post: Post): Post;
}

/** A meter over the metrics of the program. */
export function createCallMeter(metrics: Metrics): CallMeter {
  const operatorCalls = metrics.counts({
    name: 'senim_gateway_operator_calls_total',
    help: 'Calls to operators: OK, PARTIAL (an answer with errors), or the code of why there is no answer',
    labels: ['operator', 'kind', 'operation', 'outcome'],
  });
  const operatorSeconds = metrics.timings({
    name: 'senim_gateway_operator_call_seconds',
    help: 'How long calls to operators took, waiting for a slot and a second attempt included',
    labels: ['operator', 'kind'],
  });
  const bankCalls = metrics.counts({
    name: 'senim_gateway_subgraph_calls_total',
    help: "Calls to the bank's subgraphs: OK, PARTIAL, or the code of why there is no answer",
    labels: ['subgraph', 'outcome'],
  });
  const bankSeconds = metrics.timings({
    name: 'senim_gateway_subgraph_call_seconds',
    help: "How long calls to the bank's subgraphs took",
    labels: ['subgraph'],
  });
  const leaveCalls = metrics.counts({
    name: 'senim_gateway_leave_calls_total',
    help: "Questions for the bank's leave to read operators: status of the answer, or why there is none",
    labels: ['path', 'outcome'],
  });
  const leaveSeconds = metrics.timings({
    name: 'senim_gateway_leave_seconds',
    help: "How long the bank's leave took",
    labels: ['path'],
  });
  return {
    leave: (post) => async (request) => {
      const path = request.url.endsWith('/disclosures') ? 'disclosures' : 'occurrences';
      const begun = performance.now();
      const outcome = await post(request);
      leaveSeconds(path).observe(performance.now() - begun);
      leaveCalls(path, outcome.answered ? String(outcome.status) : outcome.fault).add();
      return outcome;
    },
    operators(calls, gates) {
      tellGates(metrics, gates);
      return {
        async ask(question) {
          const { fetch, context } = question.call;
          const kind = fetch.operationKind === 'mutation' ? 'mutation' : 'query';
          const begun = performance.now();
          const outcome = await calls.ask(question);
          operatorSeconds(question.target, kind).observe(performance.now() - begun);
          const end = 'lost' in outcome ? outcome.lost : endOf(outcome);
          operatorCalls(question.target, kind, context.operation ?? UNNAMED, end).add();
          return outcome;
        },
      };
    },
    bank: (calls) => ({
      addressOf: calls.addressOf,
      async ask(url, call, variables) {
        const begun = performance.now();
        const answer = await calls.ask(url, call, variables);
        const { serviceName } = call.fetch;
        bankSeconds(serviceName).observe(performance.now() - begun);
        bankCalls(serviceName, answer.data === null ? (answer.errors[0]?.code ?? 'PARTIAL') : endOf(answer)).add();
        return answer;
      },
    }),
  };
}

/** Stands for every operation whose document is not in the manifest. */
export const UNNAMED = 'other';

function endOf(answer: SubgraphAnswer): string {
  return answer.errors.length === 0 ? 'OK' : 'PARTIAL';
}

function tellGates(metrics: Metrics, gates: OperatorGates): void {
  const labels = ['operator', 'kind'];
  metrics.gauge(
    {
      name: 'senim_gateway_operator_breaker_open',
      help: '1 while an operator is given rest, else 0; operators that were asked since the start',
      labels,
    },
    () => gates.all().map(({ target, kind, gate }) => ({ labels: [target, kind], value: gate.breaker.isOpen ? 1 : 0 })),
  );
  metrics.gauge(
    {
      name: 'senim_gateway_operator_calls_in_flight',
      help: 'Calls that hold a slot of an operator now',
      labels,
    },
    () => gates.all().map(({ target, kind, gate }) => ({ labels: [target, kind], value: gate.bulkhead.inFlight })),
  );
}
