// Protobuf bytes to JSON text, by message and by who does it. Run with `node bench/micro/decode.ts`;
// on a busy machine add `--no-concurrent-recompilation`, or what is measured is who got optimised.
import { printRatios } from './transcode-ratios.ts';

await printRatios('decode', { '@bufbuild/protobuf': 3, 'protobufjs (not ProtoJSON)': 2.5 });
