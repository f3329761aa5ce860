/** The most that eight digits can say (gRPC PROTOCOL-HTTP2, Timeout). */
const LARGEST = 99_999_999;

const UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['m', 1],
  ['S', 1_000],
  ['M', 60_000],
  ['H', 3_600_000],
];

/** `grpc-timeout` for what remains, rounded up: the peer should not give up before we do. */
export function formatGrpcTimeout(remainingMs: number): string {
  // Whole milliseconds are exact enough and let short timeouts repeat in the peer's logs.
  for (const [unit, milliseconds] of UNITS) {
    const amount = Math.ceil(remainingMs / milliseconds);
    if (amount <= LARGEST) return `${amount}${unit}`;
  }
  return `${LARGEST}H`;
}
