/** A port of the loopback interface that nothing listens on, nor 10,000 above it; no process gets one that another has got. */
export function freePort(): Promise<number>;

/** Does nothing listen on `port`, nor on `port + 10000`? */
export function isFree(port: number): Promise<boolean>;
