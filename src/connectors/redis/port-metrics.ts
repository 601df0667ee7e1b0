// What the way to Redis went through, for the metrics of a sink or a lookup.
import type { MetricGroup } from '../../connector/metrics.ts';
import type { PortStats } from './client/port.ts';

/** @param stats of all ports of the table; none before it is open */
export function registerPortMetrics(group: MetricGroup, stats: () => readonly PortStats[]): void {
  const sum = (read: (s: PortStats) => number) => () => stats().reduce((total, one) => total + read(one), 0);
  group.total(
    'numReconnects',
    sum((s) => s.reconnects),
  );
  // Commands that were sent again, after a break or a refusal for the moment.
  group.total(
    'numRetries',
    sum((s) => s.resentCommands),
  );
  group.total(
    'numRedirects',
    sum((s) => s.redirects),
  );
  group.total(
    'numCommandsSent',
    sum((s) => s.commandsSent),
  );
}
