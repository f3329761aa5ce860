// JSON text to protobuf bytes, parsing included, by message and by who does it. Run with `node bench/micro/encode.ts`;
// on a busy machine add `--no-concurrent-recompilation`, or what is measured is who got optimised.
import { printRatios } from './transcode-ratios.ts';

await printRatios('encode', { '@bufbuild/protobuf': 2.5 });
