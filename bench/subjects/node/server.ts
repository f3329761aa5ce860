import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { env } from 'node:process';

const answer = readFileSync(env.ANSWER_FILE ?? '', 'utf8');
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
  while (!response.destroyed && response.write(answer)) {}
  response.once('drain', () => repeat(response));
}
