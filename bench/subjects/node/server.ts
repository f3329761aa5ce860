import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { env } from 'node:process';

const answer = readFileSync(env.ANSWER_FILE ?? '', 'utf8');
/** About 16 kB, as much as Node wants buffered before it says so. */
const MESSAGES_PER_TURN = 64;

const headers = {
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(answer)),
};

const server = createServer((request, response) => {
  request.resume();
  if (env.IS_STREAM === 'true') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    repeat(response);
    return;
  }
  response.writeHead(200, headers);
  response.end(answer);
});
server.listen(Number(env.PORT), '127.0.0.1');

function repeat(response: ServerResponse): void {
  let ready = true;
  for (let turn = 0; turn < MESSAGES_PER_TURN; turn++) ready = response.write(answer);
  if (response.destroyed) return;
  // A quick reader takes all at once, and without a pause the other responses would never get a turn.
  if (ready) setImmediate(repeat, response);
  else response.once('drain', () => repeat(response));
}
