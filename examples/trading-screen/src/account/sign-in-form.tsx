import { SignInError } from '@weir/client';
import { type FormEvent, useState } from 'react';
import { Field } from '../orders/field.tsx';
import { session } from '../weir.ts';

interface SignInFormProps {
  readonly onDone: () => void;
}

export function SignInForm({ onDone }: SignInFormProps) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const [pending, setPending] = useState(false);

  async function signIn(): Promise<void> {
    setPending(true);
    setRefusal(undefined);
    try {
      await session.signIn({ username, password });
      onDone();
    } catch (error) {
      setRefusal(error instanceof SignInError ? describe(error) : 'Signing in failed.');
    } finally {
      setPassword('');
      setPending(false);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void signIn();
  }

  return (
    <form onSubmit={submit}>
      <Field label="User name" violation={undefined}>
        {(control) => (
          <input
            {...control}
            autoComplete="username"
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        )}
      </Field>
      <Field label="Password" violation={undefined}>
        {(control) => (
          <input
            {...control}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      {refusal !== undefined && <p role="alert">{refusal}</p>}
      <button type="submit" className="action" disabled={pending}>
        {pending ? 'Signing in …' : 'Sign in'}
      </button>
    </form>
  );
}

function describe({ message, retryAfterMs }: SignInError): string {
  if (retryAfterMs === undefined) return message;
  return `${message} Try again in ${Math.ceil(retryAfterMs / 60_000)} min.`;
}
