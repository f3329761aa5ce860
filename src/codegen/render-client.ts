import { create, fromBinary } from '@bufbuild/protobuf';
import { CodeGeneratorRequestSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { weirClientPlugin } from './plugin.ts';

export interface RenderClientOptions {
  /** `google.protobuf.FileDescriptorSet` with source info, imports before those who import them. */
  readonly descriptorSet: Uint8Array;
  /**
   * The names of the files to generate, for example `market/v1/quote_service.proto`; other files are
   * generated as far as these use them. Default: all but those below `google/`.
   */
  readonly published?: ReadonlySet<string>;
  /**
   * The extension of relative imports. Default: `js`, which both `nodenext` and bundlers resolve to the
   * TypeScript source.
   */
  readonly importExtension?: 'js' | 'ts' | 'none';
}

/**
 * The files of a client package by their path, for example `market/v1/quote_service.ts`: what
 * `buf generate` writes, without running it.
 *
 * @throws an Error that names the contract's part that no client can be made of.
 */
export function renderClient(options: RenderClientOptions): Map<string, string> {
  const { file: protoFile } = fromBinary(FileDescriptorSetSchema, options.descriptorSet);
  const fileToGenerate = protoFile
    .map((file) => file.name)
    .filter((name) => options.published?.has(name) ?? !/^google\//.test(name));
  const response = weirClientPlugin.run(
    create(CodeGeneratorRequestSchema, {
      protoFile,
      fileToGenerate,
      parameter: `target=ts,import_extension=${options.importExtension ?? 'js'}`,
    }),
  );
  if (response.error !== '') throw new Error(response.error);
  return new Map(response.file.map((file) => [file.name, file.content]));
}
