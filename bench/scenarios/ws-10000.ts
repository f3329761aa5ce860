import { socketsScenario } from '../sockets-scenario.ts';

export default socketsScenario({
  name: 'ws-10000',
  about: '10,000 WebSockets, one subscription each, a message every two seconds: memory',
  sockets: 10_000,
  messagesPerSecond: 0.5,
  compares: 'rssMb',
  once: true,
  isSlow: true,
});
