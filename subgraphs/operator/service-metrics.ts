// What an operator's service tells at /metrics beside its requests: how its own acts get on, and what its witness cries. The names stand in
// docs/operations, in rules and dashboard.

import type { DataSource } from 'typeorm';
import type { Metrics } from '../../shared/service/metrics';
import { readDeliveryFigures } from './store/delivery-figures';

/** Tells how own acts get on. */
export function tellDelivery(metrics: Metrics, dataSource: DataSource): void {
  metrics.gaugesOf(
    'act-delivery',
    [
      {
        name: 'senim_act_delivery',
        help: 'Own acts by how far they are on their way to the joint log',
        labels: ['state'],
      },
      { name: 'senim_act_delivery_oldest_seconds', help: 'Age of the oldest own act that is not delivered' },
      { name: 'senim_act_alarms', help: 'Alarms about own acts within the last day, by kind', labels: ['kind'] },
    ],
    async () => {
      const { waiting, oldestSeconds, promised, parked, alarms } = await readDeliveryFigures(dataSource);
      return [
        [
          { labels: ['waiting'], value: waiting },
          { labels: ['promised'], value: promised },
          { labels: ['parked'], value: parked },
        ],
        [{ labels: [], value: oldestSeconds }],
        alarms.map(({ kind, count }) => ({ labels: [kind], value: count })),
      ];
    },
  );
}

/** Counts answers from which fields were left out, because their grant does not name them. */
export function countWithheld(metrics: Metrics): () => void {
  const counts = metrics.counts({
    name: 'senim_withheld_reads_total',
    help: 'Reads that named fields outside of their grant, which were answered with null',
    labels: [],
  });
  return () => counts().add();
}
