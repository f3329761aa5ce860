import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';

/** The descriptor set of folders of `.proto` files, with their imports and comments. */
export function buildDescriptorSet(...folders: string[]): Uint8Array {
  // buf takes module paths below its input only, so the input is the root of the file system.
  const modules = folders.map((folder) => ({ path: relative('/', folder) }));
  const config = JSON.stringify({ version: 'v2', modules });
  const args = ['build', '/', '--config', config, '--output', '-#format=binpb'];
  const { status, stdout, stderr } = spawnSync('buf', args, { maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`buf build ${folders.join(' ')}: ${stderr}`);
  return stdout;
}
