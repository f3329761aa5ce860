import { socketsScenario } from '../sockets-scenario.ts';

export default socketsScenario({
  name: 'ws-subscribers',
  about: '2,000 WebSockets, one subscription each, 5 messages/s each, source in process',
  sockets: 2_000,
  messagesPerSecond: 5,
  compares: 'cpuUsPerCall',
});
