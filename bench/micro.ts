// node bench/micro.ts: what the pieces of the hot path cost by themselves, in nanoseconds of CPU. No servers. `--only decode` runs
// those with that word in their names. In a whole job the same piece costs more: there the caches hold other things too.
import { parseArgs } from 'node:util';
import { median } from './lib/measure.ts';
import { MICROS, type Micro } from './lib/micros.ts';

const ROUNDS = 9;
const ROUND_MS = 80;

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const micros = MICROS.filter(({ name }) => values.only === undefined || name.includes(values.only));

/** Times to run the body so that a round takes long enough to be timed; warms up on the way. */
function repeats({ body, result }: Micro): number {
  for (let times = 1; ; times *= 2) {
    const took = time(body, times);
    if (took < ROUND_MS) continue;
    result?.();
    return times;
  }
}

/** Milliseconds of CPU, collection of garbage included. */
function time(body: () => void, times: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) body();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const times = micros.map(repeats);
const figures = micros.map((): number[] => []);
for (let round = 0; round < ROUNDS; round++) {
  // Interleaved, so that a disturbance does not hit one of them alone.
  micros.forEach(({ body, items }, i) => {
    figures[i]!.push((time(body, times[i]!) * 1e6) / times[i]! / items);
  });
}
console.table(
  micros.map(({ name, item }, i) => ({
    what: name,
    [`ns`]: median(figures[i]!).toFixed(0),
    spread: `${Math.min(...figures[i]!).toFixed(0)}–${Math.max(...figures[i]!).toFixed(0)}`,
    per: item,
  })),
);
