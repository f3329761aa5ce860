import { useId } from 'react';
import { useSession } from './use-session.ts';

interface NotForYouProps {
  readonly title: string;
  /** What somebody with the role could do, for example `place orders`. */
  readonly what: string;
}

/** In place of a panel that the person may not use: why not, and what would help. */
export function NotForYou({ title, what }: NotForYouProps) {
  const current = useSession();
  const id = useId();
  return (
    <section className="not-for-you" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p>
        {current.state === 'signedIn'
          ? `${current.user.subject} may not ${what}: that needs the role “trader”.`
          : `Sign in as a trader to ${what}.`}
      </p>
    </section>
  );
}
