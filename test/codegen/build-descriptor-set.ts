import { spawnSync } from 'node:child_process';

/** The descriptor set of a folder of `.proto` files, with its imports and comments. */
export function buildDescriptorSet(folder: string): Uint8Array {
  const { status, stdout, stderr } = spawnSync(
    'buf',
    ['build', folder, '--output', '-#format=binpb'],
    {
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (status !== 0) throw new Error(`buf build ${folder}: ${stderr}`);
  return stdout;
}
