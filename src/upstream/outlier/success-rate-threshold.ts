/** Envoy's default `success_rate_stdev_factor`: 1900 thousandths. */
const DEVIATIONS = 1.9;

/** Mean − 1.9 σ of the success rates: below it an endpoint is an outlier among its peers. */
export function successRateThreshold(rates: readonly number[]): number {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
  return mean - DEVIATIONS * Math.sqrt(variance);
}
