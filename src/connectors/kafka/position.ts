// A reader's position as plain JSON: topic → partition → offset behind the last row handed out, and the offset to end before
// where reading is bounded. Partitions that are read to their end stay in it: they must not begin again.
import type { Position } from '../../connector/source.ts';
import { ConnectorError } from '../../types/errors.ts';

type Offsets = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface KafkaPosition extends Position {
  readonly offsets: Offsets;
  readonly stops?: Offsets;
}

/** @throws ConnectorError when it is not what `position()` has given */
export function readPosition(position: Position): KafkaPosition {
  const { offsets, stops } = position as { offsets?: unknown; stops?: unknown };
  if (!isOffsets(offsets) || (stops !== undefined && !isOffsets(stops))) {
    throw new ConnectorError('The checkpoint holds no position of a Kafka source.', { retryable: false });
  }
  return { offsets, ...(stops === undefined ? {} : { stops }) };
}

function isOffsets(value: unknown): value is Offsets {
  const isObject = (v: unknown): v is object => typeof v === 'object' && v !== null && !Array.isArray(v);
  return (
    isObject(value) &&
    Object.values(value).every((p) => isObject(p) && Object.values(p).every((o) => Number.isSafeInteger(o)))
  );
}

/** The position of readers that share a table: no two of them have a partition in common. */
export function mergePositions(positions: readonly Position[]): KafkaPosition {
  const parts = positions.map(readPosition);
  const stops = parts.flatMap((p) => (p.stops === undefined ? [] : [p.stops]));
  return {
    offsets: merged(parts.map((p) => p.offsets)),
    ...(stops.length === 0 ? {} : { stops: merged(stops) }),
  };
}

function merged(parts: readonly Offsets[]): Offsets {
  return collectOffsets(
    parts.flatMap((part) =>
      Object.entries(part).flatMap(([topic, offsets]) =>
        Object.entries(offsets).map(([partition, offset]) => ({
          topic,
          partition: Number(partition),
          offset,
        })),
      ),
    ),
  );
}

/** Collects offsets by topic and partition. */
export function collectOffsets(
  items: Iterable<{ readonly topic: string; readonly partition: number; readonly offset: number }>,
): Offsets {
  const offsets: Record<string, Record<string, number>> = Object.create(null);
  for (const { topic, partition, offset } of items) {
    offsets[topic] ??= {};
    offsets[topic][partition] = offset;
  }
  return { ...offsets };
}
