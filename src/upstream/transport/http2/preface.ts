import { FRAME } from './frame-type.ts';
import type { FrameWriter } from './frame-writer.ts';
import { DEFAULT_WINDOW, encodeSettings, type LocalSettings } from './settings.ts';

/** RFC 9113 §3.4. */
const MAGIC = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export interface Preface extends LocalSettings {
  /** SETTINGS speak of streams only; the connection's window is raised by WINDOW_UPDATE (§6.9.2). */
  readonly connectionWindow: number;
}

/** What a client says first: the magic, its SETTINGS, and the connection's window. */
export function writePreface(writer: FrameWriter, preface: Preface): void {
  const settings = encodeSettings(preface);
  writer.payload(MAGIC, 0, MAGIC.length);
  writer.header(settings.length, FRAME.SETTINGS, 0, 0);
  writer.payload(settings, 0, settings.length);
  const extra = preface.connectionWindow - DEFAULT_WINDOW;
  if (extra > 0) writer.numberFrame(FRAME.WINDOW_UPDATE, 0, extra);
}
