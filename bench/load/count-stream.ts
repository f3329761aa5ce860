import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpRequest, toBytes } from '../http-request.ts';
import { BUILD } from '../places.ts';
import { lastJson, runTool } from './run-tool.ts';

/** Messages of so many endless answers, and the seconds they took. */
export async function countStream(
  port: number,
  request: HttpRequest,
  subscriptions: number,
  seconds: number,
  marker: string,
): Promise<{ messages: number; seconds: number }> {
  const file = join(BUILD, 'request.bin');
  writeFileSync(file, toBytes(request));
  const args = [port, file, subscriptions, seconds, marker].map(String);
  const printed = await runTool(join(BUILD, 'count-stream'), args);
  const { messages = 0, seconds: took = 0, ended = 0, silent = 0 } = lastJson(printed);
  if (ended > 0) throw new Error(`${ended} of ${subscriptions} streams ended:\n${printed}`);
  if (silent > 0) throw new Error(`${silent} of ${subscriptions} streams were silent:\n${printed}`);
  return { messages, seconds: took };
}
