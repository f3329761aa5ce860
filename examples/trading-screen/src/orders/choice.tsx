interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly name: string;
  readonly options: Readonly<Record<Value, string>>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** Radio buttons that look like one switch. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { legend, name, options, value, onChange } = props;
  const values = Object.keys(options).filter((key): key is Value => key in options);
  return (
    <fieldset className="choice">
      <legend className="hidden">{legend}</legend>
      {values.map((each) => (
        <label key={each} data-value={each}>
          <input
            type="radio"
            className="hidden"
            name={name}
            checked={each === value}
            onChange={() => onChange(each)}
          />
          {options[each]}
        </label>
      ))}
    </fieldset>
  );
}
