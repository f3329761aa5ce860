import { type ReactNode, useId } from 'react';

export interface FieldControl {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly violation: string | undefined;
  readonly children: (control: FieldControl) => ReactNode;
}

/** A labelled control with what is wrong about it right below. */
export function Field({ label, violation, children }: FieldProps) {
  const id = useId();
  const invalid = violation !== undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-invalid': invalid,
        'aria-describedby': invalid ? `${id}-violation` : undefined,
      })}
      {invalid && (
        <p className="violation" id={`${id}-violation`}>
          {violation}
        </p>
      )}
    </div>
  );
}
