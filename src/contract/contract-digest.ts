import { createHash } from 'node:crypto';
import { type FileRegistry, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';

/** A short name for what is published, equal in all gateways that publish the same. */
export function digestContract(registry: FileRegistry): string {
  const files = [...registry.files].map(({ proto }) => {
    // Comments and positions change nothing in an answer.
    const { sourceCodeInfo: _, ...rest } = proto;
    return Buffer.from(toBinary(FileDescriptorProtoSchema, { ...rest }));
  });
  const hash = createHash('sha256');
  for (const file of files.sort(Buffer.compare)) hash.update(file);
  return hash.digest('base64url').slice(0, 12);
}
