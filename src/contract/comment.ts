import type { DescFile, DescMethod } from '@bufbuild/protobuf';

/** Field numbers of `google.protobuf.FileDescriptorProto.service` and `ServiceDescriptorProto.method`. */
const SERVICE = 6;
const METHOD = 2;

interface Location {
  readonly path: readonly number[];
  readonly span: readonly number[];
  readonly leadingComments: string;
}

/** The leading comment of a method, without comment signs; empty where there is none or no source info. */
export function commentOf(method: DescMethod): string {
  const comment = locate(method)?.leadingComments ?? '';
  return comment
    .split('\n')
    .map((line) => line.replace(/^ /, '').trimEnd())
    .join('\n')
    .trim();
}

/** `orders/v1/order_service.proto:31` as far as the descriptor knows. */
export function placeOf(method: DescMethod): string {
  const file = `${method.parent.file.name}.proto`;
  const line = locate(method)?.span[0];
  return line === undefined ? file : `${file}:${line + 1}`;
}

function locate(method: DescMethod): Location | undefined {
  const service = method.parent;
  const path = [
    SERVICE,
    service.file.services.indexOf(service),
    METHOD,
    service.methods.indexOf(method),
  ];
  return locationsOf(service.file).find((location) => isSamePath(location.path, path));
}

function locationsOf(file: DescFile): readonly Location[] {
  return file.proto.sourceCodeInfo?.location ?? [];
}

function isSamePath(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((step, index) => step === right[index]);
}
