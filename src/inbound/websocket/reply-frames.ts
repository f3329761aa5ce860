import type { Reply, StreamItem } from '../../pipeline/reply.ts';
import { replyMarks } from '../reply-marks.ts';
import type { RequestId } from './client-message.ts';

/** Asks the client to open a new connection and move its calls there. */
export const RECONNECT_NOTICE = '{"id":null,"method":"reconnect"}';

/** The start of every frame that answers one request; made once per call. */
export function frameHead(id: RequestId | null, jsonrpc: boolean): string {
  return `{"id":${JSON.stringify(id)},${jsonrpc ? '"jsonrpc":"2.0",' : ''}`;
}

export function dataFrame(head: string, json: string): string {
  return `${head}"result":{"type":"data","data":${json}}}`;
}

export function replyFrame(head: string, reply: Reply): string {
  return `${head}"result":{"type":"data","data":${reply.json}${replyMarks(reply)}}}`;
}

/** A tracked item names its id twice, once for the link and once for the application. */
export function itemFrame(head: string, { json, id }: StreamItem): string {
  if (!id) return dataFrame(head, json);
  const quoted = JSON.stringify(id);
  return `${head}"result":{"type":"data","data":{"id":${quoted},"data":${json}},"id":${quoted}}}`;
}

export function startedFrame(head: string): string {
  return `${head}"result":{"type":"started"}}`;
}

export function stoppedFrame(head: string): string {
  return `${head}"result":{"type":"stopped"}}`;
}

export function errorFrame(head: string, shape: unknown): string {
  return `${head}"error":${JSON.stringify(shape)}}`;
}
