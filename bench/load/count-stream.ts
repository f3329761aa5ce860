import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpRequest, toBytes } from '../http-request.ts';
import { BUILD } from '../places.ts';
import { lastJson, runTool } from './run-tool.ts';

/** Counts the messages of so many endless answers. */
export async function countStream(
  port: number,
  request: HttpRequest,
  subscriptions: number,
  seconds: number,
  marker: string,
): Promise<StreamCount> {
  const file = join(BUILD, 'request.bin');
  writeFileSync(file, toBytes(request));
  const args = [port, file, subscriptions, seconds, marker].map(String);
  const printed = await runTool(join(BUILD, 'count-stream'), args);
  const { messages = 0, seconds: took = 0, ended = 0, silent = 0 } = lastJson(printed);
  if (ended > 0) throw new Error(`${ended} of ${subscriptions} streams ended:\n${printed}`);
  return { messages, seconds: took, silent };
}

export interface StreamCount {
  readonly messages: number;
  readonly seconds: number;
  /** Streams that brought nothing. */
  readonly silent: number;
}
