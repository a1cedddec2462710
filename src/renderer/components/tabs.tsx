/** The tabs of a view: arrows move between them, `[` and `]` do from anywhere in the view. */
import type { KeyboardEvent, ReactNode } from "react";

interface TabsProps<Name extends string> {
  readonly label: string;
  readonly value: Name;
  readonly options: readonly { readonly value: Name; readonly label: string }[];
  /** The id of the panel that they change. */
  readonly controls: string;
  readonly onChange: (name: Name) => void;
}

export function Tabs<Name extends string>({ label, value, options, controls, onChange }: TabsProps<Name>): ReactNode {
  const onKey = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = options.findIndex((option) => option.value === value);
    const next = options[(index + step + options.length) % options.length];
    if (next === undefined) return;
    onChange(next.value);
    event.currentTarget.querySelector<HTMLButtonElement>(`[data-testid=tab-${next.value}]`)?.focus();
  };
  return (
    <div className="segments" role="tablist" aria-label={label} onKeyDown={onKey}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="tab"
          id={`tab-${option.value}`}
          aria-selected={option.value === value}
          aria-controls={controls}
          tabIndex={option.value === value ? 0 : -1}
          data-testid={`tab-${option.value}`}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
