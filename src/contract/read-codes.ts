import { type GrpcCode, isGrpcCode } from '../errors.ts';

/** The statuses that an option names; what is no status goes to `problems`. */
export function readCodes(
  option: string,
  names: readonly string[],
  byDefault: readonly GrpcCode[],
  problems: string[],
): readonly GrpcCode[] {
  const codes: GrpcCode[] = [];
  for (const name of names) {
    if (isGrpcCode(name)) codes.push(name);
    else problems.push(`has \`${option}\` "${name}", which is no gRPC status such as UNAVAILABLE`);
  }
  return codes.length === 0 ? byDefault : codes;
}
