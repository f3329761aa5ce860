import { GRPC_CODES, type GrpcCode } from '../../errors.ts';

/** By number; 0 is a success. */
const NAMES: readonly string[] = ['OK', ...Object.keys(GRPC_CODES)];

/** How often something ended with each gRPC status. */
export class CodeCounts {
  readonly #counts = new Float64Array(NAMES.length);

  /** @param code undefined for a success. */
  count(code: GrpcCode | undefined): void {
    const number = code === undefined ? 0 : GRPC_CODES[code];
    this.#counts[number] = (this.#counts[number] ?? 0) + 1;
  }

  /** Those that happened, and OK always, so that a rate can be taken from the first failure on. */
  *entries(): Iterable<readonly [code: string, count: number]> {
    for (const [number, name] of NAMES.entries()) {
      const count = this.#counts[number] ?? 0;
      if (count > 0 || number === 0) yield [name, count];
    }
  }
}
