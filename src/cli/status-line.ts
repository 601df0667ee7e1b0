// What a running job is doing, in one line: rows in and out, their rate, the lag, and how far a bounded job is.
import { displayWidth } from '../types/text/display-width.ts';

export interface Progress {
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** Records known to be waiting, where a source knows. */
  readonly pending: number | null;
  /** 0..1 for bounded sources that know. */
  readonly fraction: number | null;
}

interface Sample {
  readonly atMs: number;
  readonly rowsIn: number;
  readonly rowsOut: number;
}

/** Rates are taken over this time. */
const WINDOW_MS = 5000;
const BAR = 20;

export class StatusLine {
  readonly #startMs: number;
  #samples: Sample[];

  constructor(nowMs: number) {
    this.#startMs = nowMs;
    this.#samples = [{ atMs: nowMs, rowsIn: 0, rowsOut: 0 }];
  }

  /** The line for now, at most `width` columns wide. */
  line(status: string, progress: Progress, nowMs: number, width: number): string {
    const { rowsIn, rowsOut, pending, fraction } = progress;
    this.#samples.push({ atMs: nowMs, rowsIn, rowsOut });
    while (this.#samples.length > 2 && nowMs - this.#samples[1]!.atMs >= WINDOW_MS) this.#samples.shift();
    const since = this.#samples[0]!;
    const seconds = Math.max(0.001, (nowMs - since.atMs) / 1000);
    const elapsedMs = nowMs - this.#startMs;
    const parts = [
      `${status} ${duration(elapsedMs)}`,
      `in ${count(rowsIn)} (${count((rowsIn - since.rowsIn) / seconds)}/s)`,
      `out ${count(rowsOut)} (${count((rowsOut - since.rowsOut) / seconds)}/s)`,
    ];
    if (pending !== null) parts.push(`lag ${count(pending)}`);
    if (fraction !== null) parts.unshift(progressBar(fraction, elapsedMs));
    let text = parts.join('  ');
    while (displayWidth(text) >= width && parts.length > 1) {
      parts.pop();
      text = parts.join('  ');
    }
    return text;
  }
}

/** `[=======>            ]  38%  ETA 0:12` */
function progressBar(fraction: number, elapsedMs: number): string {
  const share = Math.min(1, Math.max(0, fraction));
  const filled = Math.floor(share * BAR);
  const bar = filled >= BAR ? '='.repeat(BAR) : `${'='.repeat(filled)}>`.padEnd(BAR);
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const eta = share > 0 && share < 1 ? `  ETA ${duration((elapsedMs * (1 - share)) / share)}` : '';
  return `[${bar}] ${percent}${eta}`;
}

/** `0:07`, `12:34`, `1:02:03` */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `1,234,567` */
export function count(n: number): string {
  return String(Math.max(0, Math.round(n))).replace(/\B(?=(\d{3})+$)/g, ',');
}
