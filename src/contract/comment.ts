import type { DescFile, DescMethod } from '@bufbuild/protobuf';

/** Field numbers of `google.protobuf.FileDescriptorProto.service` and `ServiceDescriptorProto.method`. */
const SERVICE = 6;
const METHOD = 2;
const METHOD_PATH_LENGTH = 4;

interface Location {
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
  const { file } = service;
  let locations = locationsByPath.get(file);
  if (locations === undefined) {
    locations = indexMethodLocations(file);
    locationsByPath.set(file, locations);
  }
  return locations.get(
    pathText([SERVICE, file.services.indexOf(service), METHOD, service.methods.indexOf(method)]),
  );
}

/** A file of a thousand methods is searched once, not a thousand times. */
const locationsByPath = new WeakMap<DescFile, ReadonlyMap<string, Location>>();

function indexMethodLocations(file: DescFile): ReadonlyMap<string, Location> {
  const locations = file.proto.sourceCodeInfo?.location ?? [];
  return new Map(
    locations
      .filter(({ path }) => path.length === METHOD_PATH_LENGTH && path[0] === SERVICE)
      .map((location) => [pathText(location.path), location]),
  );
}

function pathText(path: readonly number[]): string {
  return path.join('.');
}
