import { fixedRateScenario } from '../fixed-rate-scenario.ts';

export default fixedRateScenario(20_000);
