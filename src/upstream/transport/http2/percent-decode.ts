/**
 * `grpc-message` is UTF-8, percent-encoded (gRPC PROTOCOL-HTTP2, Status-Message). What is not a valid
 * escape stays as it is, as the specification asks: a damaged message must not hide the status.
 */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const hex = text.slice(at + 1, at + 3);
    if (text.charCodeAt(at) === 0x25 && /^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16);
      at += 2;
    } else {
      bytes[length++] = text.charCodeAt(at);
    }
  }
  return bytes.toString('utf8', 0, length);
}
