// A job on a Flink cluster.
import { FlinkError, FlinkSession } from '../support/flink.ts';
import { keySpace } from '../support/key-space.ts';
import { fill, type Outcome, type ParityJob, type Places } from './parity-job.ts';

/** What Flink 2.3 says where a query's rows have another key than the table. */
const ASKS_FOR_CLAUSE = 'Please specify an ON CONFLICT clause';

export interface FlinkOutcome extends Outcome {
  /** The job ran with ON CONFLICT DO DEDUPLICATE, which Flink asked for. */
  readonly clause: boolean;
}

export async function runOnFlink(job: ParityJob, places: Places): Promise<FlinkOutcome> {
  const session = await FlinkSession.open(job.config);
  const rows: string[] = [];
  let clause = false;
  try {
    const error = await failureOf(async () => {
      for (const statement of job.tables) await session.execute(fill(statement, places));
      for (const statement of job.run) {
        if (/^(INSERT|EXECUTE)\b/.test(statement))
          clause = (await insert(session, fill(statement, places))) || clause;
        else rows.push(...(await query(session, fill(statement, places))));
      }
    });
    return {
      keys: await keySpace(places.redis),
      printed: session.printed(places.printIdentifier),
      rows,
      error,
      clause,
    };
  } finally {
    await session.close();
  }
}

/** Runs an INSERT as it stands, or else with the clause that Flink asks for. Answers whether it did. */
async function insert(session: FlinkSession, statement: string): Promise<boolean> {
  try {
    await session.insert(statement);
    return false;
  } catch (error) {
    if (!(error instanceof FlinkError && error.message.includes(ASKS_FOR_CLAUSE))) throw error;
    await session.insert(`${statement} ON CONFLICT DO DEDUPLICATE`);
    return true;
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
