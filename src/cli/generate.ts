import { create, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { generateClient } from '../codegen/generate-client.ts';
import { loadConfig } from '../config/load-config.ts';
import { compileContracts } from '../contract/load-contracts.ts';
import { createSnapshot } from '../contract/snapshot.ts';

/** `weir generate`: the client that frontends install, as TypeScript source. */
export async function generate(configFile: string, out: string): Promise<void> {
  const source = await compileContracts(loadConfig(configFile).contracts, 'all');
  // A contract that the gateway would refuse gets no client either.
  createSnapshot(source);
  const wanted = source.files.file.filter((file) => file.name !== 'weir-provided.proto');
  const descriptorSet = toBinary(
    FileDescriptorSetSchema,
    create(FileDescriptorSetSchema, { file: wanted }),
  );
  const written = generateClient({ descriptorSet, published: source.published, out });
  console.log(`${written.length} files in ${out}: ${written.join(', ')}`);
}
