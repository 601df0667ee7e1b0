// A job on a Flink cluster.
import { FlinkError, FlinkSession } from '../support/flink.ts';
import { keySpace } from '../support/key-space.ts';
import { fill, type Outcome, type ParityJob, type Places } from './parity-job.ts';

export async function runOnFlink(job: ParityJob, places: Places): Promise<Outcome> {
  const session = await FlinkSession.open(job.config);
  const rows: string[] = [];
  try {
    const error = await failureOf(async () => {
      for (const statement of job.tables) await session.execute(fill(statement, places));
      for (const statement of job.run) {
        if (/^(INSERT|EXECUTE)\b/.test(statement)) await session.insert(fill(statement, places));
        else rows.push(...(await query(session, fill(statement, places))));
      }
    });
    return {
      keys: await keySpace(places.redis),
      printed: session.printed(places.printIdentifier),
      rows,
      error,
    };
  } finally {
    await session.close();
  }
}

async function query(session: FlinkSession, statement: string): Promise<string[]> {
  const { rows } = await session.execute(statement);
  return rows.map(([kind, ...cells]) => `${kind}[${cells.map(String).join(', ')}]`);
}

async function failureOf(task: () => Promise<void>): Promise<string[] | null> {
  try {
    await task();
    return null;
  } catch (error) {
    if (error instanceof FlinkError) return [error.message];
    throw error;
  }
}
