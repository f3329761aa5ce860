import type { DescFile } from '@bufbuild/protobuf';

/** The module that gathers the types of one proto package, and its name in the client's index. */
export interface PackageModule {
  readonly files: readonly DescFile[];
  /** Without extension, for example `market.v1`. */
  readonly module: string;
  /** For example `marketV1`. */
  readonly namespace: string;
}

/** A package without a name is `root`; a namespace that another package has already gets a `$`. */
export function namePackages(files: readonly DescFile[]): PackageModule[] {
  const taken = new Set(['AppRouter']);
  const byPackage = Map.groupBy(files, (file) => file.proto.package);
  return [...byPackage]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, itsFiles]) => {
      const [first = '', ...rest] = (name || 'root').split('.');
      let namespace =
        first + rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
      while (taken.has(namespace)) namespace += '$';
      taken.add(namespace);
      return { files: itsFiles, module: `${name || 'root'}.package`, namespace };
    });
}
