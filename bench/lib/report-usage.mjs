// Loaded with --import into the processes that are measured: at the end they say what they used.
import { writeFileSync } from 'node:fs';

const file = process.env.BENCH_USAGE_FILE;
if (file !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    const { maxRSS } = process.resourceUsage();
    writeFileSync(
      file,
      JSON.stringify({
        cpuMs: (user + system) / 1000,
        wallMs: globalThis.benchWallMs ?? performance.now(),
        maxRssKb: maxRSS,
      }),
    );
  });
}
