// Loaded into the gateway before itself, by `--import`. On SIGWINCH, which does nothing otherwise, it writes one line
// about what the process holds; see `process-resources.ts`.
import { Socket } from 'node:net';
import { queryObjects } from 'node:v8';

const timer = setTimeout(() => {}, 0);
clearTimeout(timer);

let count = 0;
process.on('SIGWINCH', () => {
  count++;
  // Counting collects garbage first, and looks at timers that keep no process alive too.
  const timers = queryObjects(timer.constructor, { format: 'count' });
  const sockets = queryObjects(Socket, { format: 'count' });
  const heapBytes = process.memoryUsage().heapUsed;
  console.log(JSON.stringify({ msg: 'resources', count, timers, sockets, heapBytes }));
});
