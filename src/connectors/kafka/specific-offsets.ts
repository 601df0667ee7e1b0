// `partition:0,offset:42;partition:1,offset:300`
import { ValidationError } from '../../types/errors.ts';

/** Partition → offset. @throws ValidationError in Flink's words */
export function parseSpecificOffsets(text: string, optionKey: string): ReadonlyMap<number, number> {
  const offsets = new Map<number, number>();
  const pairs = text.split(';');
  if (pairs.at(-1) === '' && pairs.length > 1) pairs.pop();
  for (const pair of pairs) {
    const match = /^partition:(\d+),offset:(\d+)$/.exec(pair.trim());
    const partition = Number(match?.[1]);
    const offset = Number(match?.[2]);
    if (match === null || partition > 2 ** 31 - 1 || !Number.isSafeInteger(offset)) {
      throw new ValidationError(
        `Invalid properties '${optionKey}' should follow the format 'partition:0,offset:42;partition:1,offset:300', but is '${text}'.`,
      );
    }
    offsets.set(partition, offset);
  }
  return offsets;
}
