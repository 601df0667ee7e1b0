// Talks to Flink over REST: statements through the SQL gateway, jobs through the JobManager.
import { setTimeout as sleep } from 'node:timers/promises';

const REQUEST_LIMIT_MS = 120_000;
const PAUSE_MS = 50;
/** Longer and longer, as each question costs the JobManager milliseconds, which jobs that are measured would miss. */
const LONGEST_PAUSE_MS = 500;
const PAUSE_GROWTH = 1.2;

/** What the gateway or the JobManager said. `text`: the whole chain of messages, Java's stack traces included. */
export class FlinkError extends Error {
  constructor(text) {
    super(firstCauses(text));
    this.text = text;
  }
}

/** The messages of a Java stack trace, from the outside in, without frames. */
function firstCauses(text) {
  const lines = text.split('\n');
  const said = lines.filter(
    (line) => !/^\s+(at |\.\.\. \d+ more)|^(Caused by: )?End of exception/.test(line),
  );
  return said.join('\n').trim();
}

async function request(url, method = 'GET', body) {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  if (!response.ok) throw new FlinkError((answer.errors ?? [text]).join('\n'));
  return answer;
}

const KINDS = { INSERT: '+I', UPDATE_BEFORE: '-U', UPDATE_AFTER: '+U', DELETE: '-D' };

/** One session of the SQL gateway: its tables, functions and settings are nobody else's. */
export class GatewaySession {
  #base;
  #path;

  constructor(base, handle) {
    this.#base = base;
    this.#path = `/v2/sessions/${handle}`;
  }

  static async open({ host, gatewayPort }, properties = {}) {
    const base = `http://${host}:${gatewayPort}`;
    const { sessionHandle } = await request(`${base}/v2/sessions`, 'POST', { properties });
    return new GatewaySession(base, sessionHandle);
  }

  /**
   * Runs a statement. Answers its rows as texts, each with its kind in front, and the number of its job. A query is
   * read to its end; of an INSERT only the job is answered, which goes on.
   */
  async execute(statement, { limitMs = REQUEST_LIMIT_MS } = {}) {
    const { operationHandle } = await request(`${this.#base}${this.#path}/statements`, 'POST', { statement });
    const operation = `${this.#path}/operations/${operationHandle}`;
    const end = performance.now() + limitMs;
    const answer = { columns: [], rows: [], jobId: null };
    let next = `${operation}/result/0?rowFormat=PLAIN_TEXT`;
    while (next) {
      const page = await request(`${this.#base}${next}`);
      if (page.resultType === 'EOS') break;
      answer.jobId = page.jobID ?? answer.jobId;
      answer.columns = page.results?.columns ?? answer.columns;
      const rows = page.results?.data ?? [];
      for (const { kind, fields } of rows) answer.rows.push([KINDS[kind], ...fields]);
      next = page.nextResultUri;
      if (performance.now() > end) throw new Error(`no end of the result within ${limitMs} ms: ${statement}`);
      if (rows.length === 0) await sleep(PAUSE_MS);
    }
    await request(`${this.#base}${operation}/close`, 'DELETE');
    return answer;
  }

  /** Ends what the session still runs for its client; submitted INSERT jobs go on. */
  close() {
    return request(`${this.#base}${this.#path}`, 'DELETE');
  }
}

/** Jobs of a cluster, as its JobManager tells. */
export class FlinkJobs {
  #base;

  constructor({ host, restPort }) {
    this.#base = `http://${host}:${restPort}`;
  }

  get(path) {
    return request(`${this.#base}${path}`);
  }

  /** RUNNING, FINISHED, FAILED, CANCELED … */
  async state(jobId) {
    return (await this.get(`/jobs/${jobId}`)).state;
  }

  /** The exception that ended (or last restarted) a job, as Java prints it; null for none. */
  async failure(jobId) {
    const { exceptionHistory } = await this.get(`/jobs/${jobId}/exceptions`);
    return exceptionHistory?.entries?.[0]?.stacktrace ?? null;
  }

  /** Waits until `test` holds for the state. Throws when the job ends otherwise, or after `limitMs`. */
  async #until(jobId, test, limitMs) {
    const end = performance.now() + limitMs;
    for (let pause = PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * PAUSE_GROWTH)) {
      const state = await this.state(jobId);
      if (test(state)) return state;
      if (performance.now() > end) throw new Error(`job ${jobId} is ${state} after ${limitMs} ms`);
      await sleep(pause);
    }
  }

  /** Waits for a bounded job. Throws what it failed with. */
  async finished(jobId, limitMs = 60_000) {
    const state = await this.#until(jobId, (s) => ['FINISHED', 'FAILED', 'CANCELED'].includes(s), limitMs);
    if (state !== 'FINISHED') throw new FlinkError((await this.failure(jobId)) ?? `the job was ${state}`);
  }

  /** Waits until all tasks run. */
  async running(jobId, limitMs = 60_000) {
    const end = performance.now() + limitMs;
    for (;;) {
      const { state, vertices } = await this.get(`/jobs/${jobId}`);
      if (vertices.every((vertex) => ['RUNNING', 'FINISHED'].includes(vertex.status))) return;
      if (state === 'FAILED') throw new FlinkError((await this.failure(jobId)) ?? 'the job failed');
      if (performance.now() > end) throw new Error(`job ${jobId} is ${state} after ${limitMs} ms`);
      await sleep(PAUSE_MS);
    }
  }

  async cancel(jobId, limitMs = 60_000) {
    await request(`${this.#base}/jobs/${jobId}?mode=cancel`, 'PATCH');
    await this.#until(jobId, (s) => ['CANCELED', 'FINISHED', 'FAILED'].includes(s), limitMs);
  }

  async #triggered(path, body, limitMs) {
    const { 'request-id': id } = await request(`${this.#base}${path}`, 'POST', body);
    const folder = path.replace(/\/stop$/, '/savepoints');
    const end = performance.now() + limitMs;
    for (;;) {
      const { status, operation } = await this.get(`${folder}/${id}`);
      if (status.id === 'COMPLETED') {
        if (operation['failure-cause']) throw new FlinkError(operation['failure-cause']['stack-trace']);
        return operation.location;
      }
      if (performance.now() > end) throw new Error(`no savepoint within ${limitMs} ms`);
      await sleep(PAUSE_MS);
    }
  }

  /** Answers where the savepoint is; the job goes on. */
  savepoint(jobId, limitMs = 60_000) {
    return this.#triggered(`/jobs/${jobId}/savepoints`, {}, limitMs);
  }

  /** Ends the job with a savepoint. */
  stop(jobId, limitMs = 60_000) {
    return this.#triggered(`/jobs/${jobId}/stop`, { drain: false }, limitMs);
  }
}

const QUOTED = /'(?:[^']|'')*'|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|;|[^'`;/-]+|[/-]/g;
const SET_BEGIN = /^(?:EXECUTE\s+STATEMENT\s+SET\s+BEGIN|BEGIN\s+STATEMENT\s+SET)\b/i;

/** The statements of a script, without comments and semicolons. */
export function splitStatements(script) {
  const statements = [];
  let text = '';
  for (const [part] of script.matchAll(QUOTED)) {
    if (part.startsWith('--') || part.startsWith('/*')) {
      // A hint is part of its statement.
      text += part.startsWith('/*+') ? part : ' ';
      continue;
    }
    const isOpenSet = SET_BEGIN.test(text.trim()) && !/;\s*END\s*$/i.test(text);
    if (part === ';' && !isOpenSet) {
      statements.push(text.trim());
      text = '';
    } else text += part;
  }
  return [...statements, text.trim()].filter((statement) => statement !== '');
}
