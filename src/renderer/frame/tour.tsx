/** The tour as a card in the corner: it covers no controls, and each step opens the view that it is about. */
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { showStep, TOUR } from "../actions/tour.ts";
import { useUi } from "../stores/ui.ts";

export function Tour(): ReactNode {
  const step = useUi((state) => state.tour);
  const shown = step === null ? undefined : TOUR[step];
  if (step === null || shown === undefined) return null;
  const last = step === TOUR.length - 1;
  return (
    <aside className="tour" aria-label="Tour" data-testid="tour">
      <header>
        <h2>{shown.title}</h2>
        <span className="quiet">
          {step + 1} of {TOUR.length}
        </span>
        <span className="spacer" />
        <button
          type="button"
          className="button plain icon"
          aria-label="End the tour"
          onClick={() => useUi.setState({ tour: null })}
        >
          <X size={14} aria-hidden="true" />
        </button>
      </header>
      <p className="second">{shown.text}</p>
      <div className="row">
        <button type="button" className="button" disabled={step === 0} onClick={() => showStep(step - 1)}>
          Back
        </button>
        <button type="button" className="button primary" data-testid="tour-next" onClick={() => showStep(step + 1)}>
          {last ? "End the tour" : "Next"}
        </button>
      </div>
    </aside>
  );
}
