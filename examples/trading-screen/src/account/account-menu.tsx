import { useRef, useState } from 'react';
import { session } from '../weir.ts';
import { SignInForm } from './sign-in-form.tsx';
import { useSession } from './use-session.ts';

/** Who is signed in, and the way in and out. Nothing where the gateway asks nobody. */
export function AccountMenu() {
  const current = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const [failed, setFailed] = useState(false);

  function signOut(): void {
    setFailed(false);
    session.signOut().catch(() => setFailed(true));
  }

  if (current.state === 'signedIn') {
    const { subject, roles } = current.user;
    return (
      <div className="account">
        <span>
          {subject} <small>{roles.join(', ') || 'no roles'}</small>
        </span>
        {failed && <span role="alert">Signing out failed.</span>}
        <button type="button" className="action" onClick={signOut}>
          Sign out
        </button>
      </div>
    );
  }
  if (current.state !== 'signedOut') return null;
  return (
    <div className="account">
      <button type="button" className="action" onClick={() => dialog.current?.showModal()}>
        Sign in
      </button>
      <dialog ref={dialog} aria-label="Sign in">
        <SignInForm onDone={() => dialog.current?.close()} />
      </dialog>
    </div>
  );
}
