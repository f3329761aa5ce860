/**
 * Takes a share of what comes by, evenly: of 1 % every hundredth. Costs an addition and no random number.
 * @param ratio 0 to 1
 */
export function createRatio(ratio: number): () => boolean {
  let owed = 0;
  return function takes() {
    owed += ratio;
    if (owed < 1) return false;
    owed -= 1;
    return true;
  };
}
