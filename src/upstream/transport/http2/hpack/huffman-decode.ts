import { HpackError } from './hpack-error.ts';
import { EOS, HUFFMAN_CODES } from './huffman-code.ts';

/**
 * The code tree read four bits at a time. A state is an inner node of the tree; no code is shorter than
 * five bits, so a step ends at most one symbol. An entry packs the next state (bits 0–8), the symbol
 * (bits 9–16), whether a symbol ended (bit 17) and whether the step met EOS (bit 18).
 */
const EMITS = 1 << 17;
const FAILS = 1 << 18;
const { steps: STEPS, accepting: ACCEPTING } = buildStateMachine();

let scratch = Buffer.allocUnsafeSlow(4096);

/** Decodes a Huffman-coded string literal (RFC 7541 §5.2). Throws `HpackError` on EOS or wrong padding. */
export function decodeHuffman(bytes: Buffer, start: number, end: number): string {
  // A symbol takes at least five bits, so eight octets hold at most 12 of them.
  const most = Math.ceil(((end - start) * 8) / 5);
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most);
  let state = 0;
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const octet = bytes[at] ?? 0;
    const high = STEPS[(state << 4) | (octet >> 4)] ?? FAILS;
    if ((high & EMITS) !== 0) scratch[length++] = (high >> 9) & 0xff;
    const low = STEPS[((high & 0x1ff) << 4) | (octet & 15)] ?? FAILS;
    if ((low & EMITS) !== 0) scratch[length++] = (low >> 9) & 0xff;
    if (((high | low) & FAILS) !== 0) throw new HpackError('a Huffman-coded string contains EOS');
    state = low & 0x1ff;
  }
  if (ACCEPTING[state] !== 1) {
    throw new HpackError(
      'the padding of a Huffman-coded string is not a prefix of EOS below 8 bits',
    );
  }
  return scratch.toString('latin1', 0, length);
}

interface Node {
  children: [Node | number | undefined, Node | number | undefined];
  state: number;
}

function buildStateMachine(): { steps: Int32Array; accepting: Uint8Array } {
  const nodes: Node[] = [];
  const createNode = (): Node => {
    const node: Node = { children: [undefined, undefined], state: nodes.length };
    nodes.push(node);
    return node;
  };
  const root = createNode();
  for (const { symbol, bits, length } of HUFFMAN_CODES) {
    let node = root;
    for (let bit = length - 1; bit > 0; bit -= 1) {
      const side = (bits >> bit) & 1;
      const child = node.children[side];
      const next = typeof child === 'object' ? child : createNode();
      node.children[side] = next;
      node = next;
    }
    node.children[bits & 1] = symbol;
  }

  const steps = new Int32Array(nodes.length * 16);
  for (const node of nodes) {
    for (let nibble = 0; nibble < 16; nibble += 1) {
      steps[(node.state << 4) | nibble] = walk(node, nibble, root);
    }
  }
  // Padding is the most significant bits of EOS, all ones, and strictly shorter than an octet (§5.2).
  const accepting = new Uint8Array(nodes.length);
  let padding: Node | number | undefined = root;
  for (let bits = 0; bits < 8 && typeof padding === 'object'; bits += 1) {
    accepting[padding.state] = 1;
    padding = padding.children[1];
  }
  return { steps, accepting };
}

function walk(from: Node, nibble: number, root: Node): number {
  let node = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit -= 1) {
    const child = node.children[(nibble >> bit) & 1];
    if (child === undefined || child === EOS) return FAILS;
    if (typeof child === 'number') {
      emitted = EMITS | (child << 9);
      node = root;
    } else {
      node = child;
    }
  }
  return emitted | node.state;
}
