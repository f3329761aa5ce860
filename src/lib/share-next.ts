/**
 * One at a time, and the next one for all who asked meanwhile: what is dear, and answered to everybody alike,
 * costs no more for being asked often. No answer is older than its question.
 */
export function shareNext<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let next: Promise<Answer> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return function askShared() {
    if (next !== undefined) return next;
    const answer = last.then(() => {
      next = undefined;
      return ask();
    });
    next = answer;
    last = answer.catch(() => {});
    return answer;
  };
}
