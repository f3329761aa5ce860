import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';
import { type BodyBounds, readBody } from './request-body.ts';

/**
 * The parsed input of a request: the `input` parameter of a GET, the body of anything else. Nothing at
 * all is `undefined`, because stock links send nothing for an input of `undefined`.
 */
export function readInput(
  request: IncomingMessage,
  inputText: string | undefined,
  bounds: BodyBounds,
  onInput: (input: unknown) => void,
  onRefusal: (refusal: Refusal) => void,
): void {
  function parse(text: string): void {
    let input: unknown;
    try {
      input = text === '' ? undefined : JSON.parse(text);
    } catch (thrown) {
      onRefusal(
        new Refusal('BAD_REQUEST', thrown instanceof Error ? thrown.message : 'Invalid input'),
      );
      return;
    }
    onInput(input);
  }
  if (request.method === 'GET') parse(inputText ?? '');
  else readBody(request, bounds, parse, onRefusal);
}
