// Buffer's decoders by name: Node has them on every Buffer, without the dispatch that toString() does for each call, but its
// type declarations leave them out. They make fresh strings, which do not keep the buffer alive.

export interface SliceableBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
}

/** The same object, with the types of what it can do. */
export function sliceable(buffer: Buffer): SliceableBuffer {
  return buffer as SliceableBuffer;
}
