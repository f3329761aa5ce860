/**
 * A fault that the person at the keyboard can mend: wrong configuration, a broken contract, a busy port.
 * The CLI prints it without a stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Each says what is wrong, where, and how to mend it. */
  readonly problems: readonly string[];

  constructor(summary: string, problems: readonly string[] = [], options?: ErrorOptions) {
    super([summary, ...problems.map((problem) => `  ${problem}`)].join('\n'), options);
    this.problems = problems;
  }
}
