/**
 * The order ticket: an order by hand, and what the guards would say to it before it is sent.
 *
 * 1. The preview follows the fields and changes nothing; the order is sent once, by its own button.
 * 2. Enter in a field does not send. A refusal keeps the ticket open and says why.
 * 3. It has over 400 lines because fields, preview and answer are one dialog with one state.
 */
import { AlertDialog } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { readableSentence } from "../../shared/text/sentence-text.ts";
import type { Output } from "../../shared/contract/contract.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import { ORDER_TYPES, TIMES_IN_FORCE, type OrderType, type TimeInForce } from "../../shared/orders.ts";
import { formatNumber, words } from "../lib/format.ts";
import { guardName } from "../lib/guards.ts";
import { readableNumber } from "../lib/readable.ts";
import { Reading } from "./values.tsx";
import { TYPE_WORDS } from "../lib/status.ts";
import { EMPTY_TICKET, ticketOf, type Ticket, type TicketFields } from "../lib/ticket.ts";
import { formatDateTime } from "../lib/time.ts";
import { ask, useSession } from "../stores/live.ts";
import { operatorName } from "../stores/prefs.ts";
import { notify, useUi, type TicketStart } from "../stores/ui.ts";
import { Segments } from "./panel.tsx";
import { useFocusBack } from "../lib/focus-back.ts";
import { Shape } from "./status.tsx";

type Preview = Output<"order.preview">;
type Asked = { readonly of: string; readonly preview: Preview | null; readonly error: ErrorShape | null };

const TIF_NAMES: Readonly<Record<TimeInForce, string>> = {
  gtc: "GTC, till canceled",
  day: "Day, till the close",
  gtd: "GTD, till a time",
  ioc: "IOC, immediate or cancel",
  fok: "FOK, fill or kill",
};

const SIDES = [
  { value: "buy", label: "Buy", testId: "ticket-buy" },
  { value: "sell", label: "Sell", testId: "ticket-sell" },
] as const;

const TRAILS = [
  { value: "amount", label: "points" },
  { value: "percent", label: "%" },
] as const;

/** Waits for a pause in the typing. */
const SETTLE_MS = 150;

/** Guards to a ticket; null while it is incomplete or on its way. */
function usePreview(ticket: Ticket | null): Asked | null {
  const [asked, setAsked] = useState<Asked | null>(null);
  const key = ticket === null ? "" : JSON.stringify(ticket);
  useEffect(() => {
    if (key === "") return undefined;
    let current = true;
    const look = async (): Promise<void> => {
      const answer = await ask("order.preview", { ticket: JSON.parse(key) as Ticket });
      if (!current) return;
      setAsked({ of: key, preview: answer.ok ? answer.value : null, error: answer.ok ? null : answer.error });
    };
    const timer = setTimeout(() => void look(), SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key]);
  return asked !== null && asked.of === key ? asked : null;
}

function Verdict({ preview }: { readonly preview: Preview }): ReactNode {
  if (!preview.passes)
    return (
      <p className="verdict tone-critical">
        <Shape name="critical" /> Would be refused: {guardName(preview.reason ?? "refused").toLowerCase()}.{" "}
        {preview.detail === null ? "" : preview.detail}
      </p>
    );
  if (preview.waitsUntil !== null)
    return (
      <p className="verdict tone-accent">
        <Shape name="info" /> Passes the guards; the rate window is full until{" "}
        {formatDateTime(preview.waitsUntil, "utc")}.
      </p>
    );
  return (
    <p className="verdict">
      <Shape name="ok" /> Passes every guard. Valued at {formatNumber(preview.price)}
      {preview.expiresAt === null ? "" : `, ends ${formatDateTime(preview.expiresAt, "utc")} UTC`}.
    </p>
  );
}

function PreviewPanel({
  asked,
  missing,
}: {
  readonly asked: Asked | null;
  readonly missing: string | null;
}): ReactNode {
  return (
    <div className="preview" data-testid="ticket-preview" role="status">
      <h3>Guards</h3>
      {missing === null ? null : <p className="quiet">{missing}</p>}
      {missing === null && asked === null ? <p className="quiet">Asking the guards…</p> : null}
      {asked?.error === null || asked?.error === undefined ? null : (
        <p className="problem">{readableSentence(asked.error.message)}</p>
      )}
      {asked === null || asked.preview === null ? null : (
        <>
          <Verdict preview={asked.preview} />
          <table className="plain" hidden={asked.preview.guards.length === 0}>
            <thead>
              <tr>
                <th scope="col">Guard</th>
                <th scope="col" className="right">
                  Value
                </th>
                <th scope="col" className="right">
                  Limit
                </th>
              </tr>
            </thead>
            <tbody>
              {asked.preview.guards.map(({ guard, value, limit, passed, warning }) => (
                <tr key={guard}>
                  <td>
                    <Shape name={passed ? (warning ? "warning" : "ok") : "critical"} /> {guardName(guard)}
                    <span className="hidden-text">{passed ? (warning ? "near" : "passes") : "refuses"}</span>
                  </td>
                  <td className="right">
                    <Reading guard={guard} value={value} />
                  </td>
                  <td className="right">
                    <Reading guard={guard} value={limit} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

interface FormProps {
  readonly fields: TicketFields;
  readonly set: (change: Partial<TicketFields>) => void;
}

function TextField({ label, name, fields, set }: FormProps & { label: string; name: PriceName }): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="right"
        data-testid={`ticket-${name}`}
        inputMode="decimal"
        autoComplete="off"
        maxLength={40}
        value={fields[name]}
        onChange={(event) => set({ [name]: event.target.value })}
      />
    </label>
  );
}
type PriceName = "quantity" | "limitPrice" | "stopPrice" | "trail";

function SelectField<Name extends string>(props: {
  readonly label: string;
  readonly testId: string;
  readonly value: Name;
  readonly names: Readonly<Record<Name, string>>;
  readonly onChange: (name: Name) => void;
}): ReactNode {
  return (
    <label className="field">
      <span>{props.label}</span>
      <select
        data-testid={props.testId}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value as Name)}
      >
        {(Object.keys(props.names) as Name[]).map((name) => (
          <option key={name} value={name}>
            {props.names[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Prices({ fields, set }: FormProps): ReactNode {
  const { needs } = ORDER_TYPES[fields.type];
  return (
    <>
      {needs.includes("stopPrice") ? <TextField label="Stop price" name="stopPrice" fields={fields} set={set} /> : null}
      {needs.includes("limitPrice") ? (
        <TextField label="Limit price" name="limitPrice" fields={fields} set={set} />
      ) : null}
      {needs.includes("trail") ? (
        <div className="joined">
          <TextField label="Trail" name="trail" fields={fields} set={set} />
          <Segments label="Trail in" value={fields.trailIn} options={TRAILS} onChange={(trailIn) => set({ trailIn })} />
        </div>
      ) : null}
    </>
  );
}

function Flags({ fields, set }: FormProps): ReactNode {
  return (
    <div className="flags">
      <label className="check">
        <input
          type="checkbox"
          checked={fields.reduceOnly}
          onChange={(event) => set({ reduceOnly: event.target.checked })}
        />
        Reduce only
      </label>
      <label className="check">
        <input
          type="checkbox"
          disabled={!ORDER_TYPES[fields.type].postOnly}
          checked={fields.postOnly && ORDER_TYPES[fields.type].postOnly}
          onChange={(event) => set({ postOnly: event.target.checked })}
        />
        Post only
      </label>
    </div>
  );
}

function Form({ fields, set }: FormProps): ReactNode {
  const names = useSession()?.symbolNames ?? [];
  return (
    <div className="ticket-form">
      <div className="joined">
        <label className="field">
          <span>Symbol</span>
          <input
            data-testid="ticket-symbol"
            list="ticket-symbols"
            autoComplete="off"
            maxLength={80}
            value={fields.symbol}
            onChange={(event) => set({ symbol: event.target.value })}
          />
          <datalist id="ticket-symbols">
            {names.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <Segments label="Side" value={fields.side} options={SIDES} onChange={(side) => set({ side })} />
      </div>
      <TextField label="Quantity" name="quantity" fields={fields} set={set} />
      <SelectField<OrderType>
        label="Type"
        testId="ticket-type"
        value={fields.type}
        names={TYPE_WORDS}
        onChange={(type) => set({ type })}
      />
      <Prices fields={fields} set={set} />
      <SelectField<TimeInForce>
        label="Time in force"
        testId="ticket-tif"
        value={fields.timeInForce}
        names={TIF_NAMES}
        onChange={(timeInForce) => set({ timeInForce })}
      />
      {TIMES_IN_FORCE[fields.timeInForce].expiresAt ? (
        <label className="field">
          <span>Good till, UTC</span>
          <input
            type="datetime-local"
            data-testid="ticket-expires"
            value={fields.expires}
            onChange={(event) => set({ expires: event.target.value })}
          />
        </label>
      ) : null}
      <Flags fields={fields} set={set} />
      <label className="field">
        <span>Note (optional)</span>
        <input
          data-testid="ticket-note"
          autoComplete="off"
          maxLength={200}
          value={fields.note}
          onChange={(event) => set({ note: event.target.value })}
        />
      </label>
    </div>
  );
}

/** What the button says: `Buy 100 AAPL at 187.2`. */
function verbOf({ side, quantity, symbol, type, limitPrice }: TicketFields): string {
  const shown = (text: string): string => readableNumber(text.trim()) ?? text.trim();
  const what = `${side === "buy" ? "Buy" : "Sell"} ${shown(quantity)} ${symbol.trim()}`.trim();
  return type === "limit" && limitPrice.trim() !== "" ? `${what} at ${shown(limitPrice)}` : what;
}

function useTicket(start: TicketStart) {
  const [fields, setFields] = useState<TicketFields>({ ...EMPTY_TICKET, symbol: start.symbol });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const made = ticketOf(fields);
  const ticket = "ticket" in made ? made.ticket : null;
  const set = (change: Partial<TicketFields>): void => {
    setProblem(null);
    setFields((now) => ({ ...now, ...change }));
  };
  const send = async (): Promise<void> => {
    if (ticket === null) return;
    setBusy(true);
    const answer = await ask("order.place", { ticket, operator: operatorName() });
    setBusy(false);
    if (!answer.ok) return setProblem(answer.error.message);
    const { state, orderId, clientOrderId, reason, detail } = answer.value;
    if (state === "rejected")
      return setProblem(
        `Refused: ${guardName(reason).toLowerCase()}. ${detail ?? "Rejections has the value and the limit."}`,
      );
    notify(`${orderId ?? clientOrderId}: ${words(state).toLowerCase()}.`);
    useUi.setState({ ticket: null });
  };
  return { fields, set, busy, problem, ticket, missing: "missing" in made ? made.missing : null, send };
}

function Body({ start }: { readonly start: TicketStart }): ReactNode {
  const { fields, set, busy, problem, ticket, missing, send } = useTicket(start);
  const asked = usePreview(ticket);
  return (
    <>
      <AlertDialog.Title asChild>
        <h2>New order</h2>
      </AlertDialog.Title>
      <AlertDialog.Description className="consequence">
        Sent to the paper broker as strategy “manual”, through the same guards and journal as every order.
      </AlertDialog.Description>
      <div className="ticket">
        <Form fields={fields} set={set} />
        <PreviewPanel asked={asked} missing={missing} />
      </div>
      {problem === null ? null : (
        <p className="problem" role="alert" data-testid="ticket-problem">
          {problem}
        </p>
      )}
      <div className="choices">
        <span className="quiet spacer">By {operatorName()}</span>
        <AlertDialog.Cancel asChild>
          <button type="button" className="button">
            Cancel
          </button>
        </AlertDialog.Cancel>
        <button
          type="button"
          className="button primary"
          data-testid="ticket-send"
          disabled={ticket === null || busy}
          onClick={() => void send()}
        >
          {busy ? "Sending…" : verbOf(fields)}
        </button>
      </div>
    </>
  );
}

export function TicketDialog(): ReactNode {
  const start = useUi((state) => state.ticket);
  const content = useRef<HTMLDivElement>(null);
  const back = useFocusBack();
  return (
    <AlertDialog.Root open={start !== null} onOpenChange={(open) => (open ? null : useUi.setState({ ticket: null }))}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="shade" />
        <AlertDialog.Content
          ref={content}
          className="dialog wide"
          data-testid="ticket-dialog"
          onCloseAutoFocus={back.closed}
          onOpenAutoFocus={(event) => {
            back.opened();
            event.preventDefault();
            content.current?.querySelector<HTMLElement>("[data-testid=ticket-symbol]")?.focus();
          }}
        >
          {start === null ? null : <Body start={start} />}
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
