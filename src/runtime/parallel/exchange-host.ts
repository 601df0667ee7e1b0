// The exchanges of one subtask: their two ends here, and the ports to the other subtasks. The exchanges of a plan are connected
// in the same order in every subtask, so that their numbers agree.
import type { MessagePort } from 'node:worker_threads';
import type { ExchangeNode } from '../../plan/nodes.ts';
import type { Row, RowBatch } from '../../types/row.ts';
import type { Operator } from '../operator.ts';
import { keyOf } from '../row-key.ts';
import { ExchangeReader } from './exchange-reader.ts';
import { ExchangeSender, type OpenRoute, type Router } from './exchange-sender.ts';
import { ownerOf } from './key-owner.ts';
import { type PackedBatch, RowTransfer } from './row-transfer.ts';

/** Rows under way between any two subtasks, of one exchange: enough to bridge the turns of two event loops. */
const MOST_IN_FLIGHT = 32_768;
const LEAST_IN_FLIGHT = 2048;

type Message =
  | { readonly exchange: number; readonly batch: PackedBatch }
  /** Rows that were processed. */
  | { readonly exchange: number; readonly acknowledged: number }
  | { readonly exchange: number; readonly end: true };

export interface ExchangeEnds {
  readonly sender: Operator;
  readonly reader: ExchangeReader;
}

export class ExchangeHost {
  readonly #index: number;
  /** By subtask; null for this one. */
  readonly #ports: readonly (MessagePort | null)[];
  readonly #limit: number;
  readonly #ends: ExchangeEnds[] = [];
  readonly #transfers: RowTransfer[] = [];
  /** By exchange and subtask: who is told that rows were processed there. */
  readonly #acknowledged: ((rows: number) => void)[][] = [];

  constructor(index: number, ports: readonly (MessagePort | null)[]) {
    this.#index = index;
    this.#ports = ports;
    this.#limit = Math.max(LEAST_IN_FLIGHT, Math.floor(MOST_IN_FLIGHT / ports.length));
    for (const [from, port] of ports.entries()) {
      port?.on('message', (message: Message) => this.#take(from, port, message));
    }
  }

  /** @param senders subtasks in front of it */
  connect(node: ExchangeNode, senders: number): ExchangeEnds {
    const exchange = this.#ends.length;
    const transfer = new RowTransfer(node.schema);
    this.#acknowledged.push([]);
    const reader = new ExchangeReader(this.#index < node.parallelism ? senders : 0);
    const routes = Array.from({ length: node.parallelism }, (_, to) =>
      to === this.#index ? localRoute(reader) : this.#remoteRoute(exchange, to, transfer),
    );
    const sender = new ExchangeSender(routes, routerOf(node, this.#index), this.#limit);
    return this.#add({ sender, reader }, transfer);
  }

  /** From one pipeline of this subtask to another one of it. */
  forward(node: { readonly schema: ExchangeNode['schema'] }): ExchangeEnds {
    const reader = new ExchangeReader(1);
    const sender = new ExchangeSender([localRoute(reader)], () => 0, this.#limit);
    this.#acknowledged.push([]);
    return this.#add({ sender, reader }, new RowTransfer(node.schema));
  }

  #add(ends: ExchangeEnds, transfer: RowTransfer): ExchangeEnds {
    this.#ends.push(ends);
    this.#transfers.push(transfer);
    return ends;
  }

  #remoteRoute(exchange: number, to: number, transfer: RowTransfer): OpenRoute {
    const port = this.#ports[to]!;
    return (acknowledged) => {
      this.#acknowledged[exchange]![to] = acknowledged;
      return {
        send(batch) {
          const { packed, handOver } = transfer.pack(batch);
          port.postMessage({ exchange, batch: packed } satisfies Message, handOver);
        },
        end: () => port.postMessage({ exchange, end: true } satisfies Message),
      };
    };
  }

  #take(from: number, port: MessagePort, message: Message): void {
    const { exchange } = message;
    if ('acknowledged' in message) {
      this.#acknowledged[exchange]![from]!(message.acknowledged);
      return;
    }
    const { reader } = this.#ends[exchange]!;
    if ('end' in message) {
      reader.senderEnded();
      return;
    }
    const { batch } = message;
    reader.deliver({
      count: batch.count,
      batch: () => this.#transfers[exchange]!.unpack(batch),
      acknowledge: () => port.postMessage({ exchange, acknowledged: batch.count } satisfies Message),
    });
  }

  async close(): Promise<void> {
    for (const { sender, reader } of this.#ends) {
      await sender.close?.();
      await reader.close();
    }
    for (const port of this.#ports) port?.close();
  }
}

function localRoute(reader: ExchangeReader): OpenRoute {
  return (acknowledged) => ({
    send: (batch: RowBatch) =>
      reader.deliver({
        count: batch.rows.length,
        batch: () => batch,
        acknowledge: () => acknowledged(batch.rows.length),
      }),
    end: () => reader.senderEnded(),
  });
}

function routerOf({ distribution, parallelism }: ExchangeNode, index: number): Router {
  switch (distribution.kind) {
    case 'single':
      return () => 0;
    case 'rebalance': {
      // Each subtask begins with another one.
      let next = index % parallelism;
      return () => {
        const route = next;
        next = (next + 1) % parallelism;
        return route;
      };
    }
    case 'hash': {
      const keyFor = keyOf(distribution.keys);
      const routeOf = (row: Row) => ownerOf(keyFor(row), parallelism);
      return () => routeOf;
    }
  }
}
