// A job in Drey's own runtime.
import { toDisplayString } from '../../../src/plan/types/display.ts';
import { TableEnvironment } from '../../../src/table-environment/table-environment.ts';
import { errorChain } from '../../../src/types/errors.ts';
import { keySpace } from '../support/key-space.ts';
import { fill, type Outcome, type ParityJob, type Places } from './parity-job.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export async function runOnDrey(job: ParityJob, places: Places): Promise<Outcome> {
  let out = '';
  const env = TableEnvironment.create({
    config: {
      'table.local-time-zone': 'UTC',
      'restart-strategy.type': 'none',
      'execution.checkpointing.interval': '0',
      ...job.config,
    },
    logger: silent,
    stdout: (text) => {
      out += text;
    },
  });
  const rows: string[] = [];
  const error = await failureOf(async () => {
    for (const statement of [...job.tables, ...job.run]) {
      const result = await env.executeSql(fill(statement, places));
      if (result.kind !== 'query') {
        await result.job?.wait();
        continue;
      }
      for await (const { kind, row } of result.rows) {
        const cells = row.map((value, i) => toDisplayString(value, result.columns[i]!.type, 'UTC'));
        rows.push(`${kind}[${cells.map(String).join(', ')}]`);
      }
    }
  });
  const prefix = `${places.printIdentifier}> `;
  const printed = out
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length));
  return { keys: await keySpace(places.redis), printed, rows, error };
}

async function failureOf(task: () => Promise<void>): Promise<string[] | null> {
  try {
    await task();
    return null;
  } catch (error) {
    return errorChain(error);
  }
}
