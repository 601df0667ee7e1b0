// npm run bench -- --flink, or node bench/flink.ts: the connector on Apache Flink beside Jedis and Lettuce. `--rows 2000000`,
// `--rounds 3`, `--only sink,jedis-sink`, `--version 2.2`.
import { parseArgs } from 'node:util';
import { benchFlink } from './lib/flink-bench.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    version: { type: 'string' },
  },
});
await benchFlink(values);
