// Buffer's encoders and decoders by name. Node has them on every Buffer, without the dispatch on an encoding's name which write()
// and toString() do for each call; its type declarations leave them out. They make fresh strings, which do not keep the buffer alive.

export interface RawBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
  latin1Write(text: string, at: number): number;
  utf8Write(text: string, at: number, length?: number): number;
}

/** The same object, with the types of what it can do. */
export function raw(buffer: Buffer): RawBuffer {
  return buffer as RawBuffer;
}
