/**
 * A venue as slow and plain as can be, to compare the real one with: the price visits every tick of a bar, and at each tick every order
 * is looked at, again and again until none acts.
 *
 * 1. Prices and half spreads are whole cents, quantities whole lots; nothing is shared with the real venue but the names of things.
 */

export interface NaiveTerms {
  readonly id: string;
  readonly quantity: number;
  readonly type: "market" | "limit" | "stop" | "stop_limit" | "trailing_stop";
  readonly limit?: number;
  readonly stop?: number;
  readonly trail?: { readonly amount: number } | { readonly percent: number };
  readonly tif: "gtc" | "day" | "gtd" | "ioc" | "fok";
  readonly expiresAt?: number;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  readonly owner?: string;
  readonly parent?: string;
  readonly group?: string;
}

export interface NaiveBar {
  readonly at: number;
  readonly opensAt: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** What a market order pays beside the price: half of ask less bid. */
  readonly halfSpread: number;
}

export interface NaiveRules {
  readonly slippageBps: number;
  readonly share: number | null;
  readonly through: boolean;
}

interface Entry {
  readonly terms: NaiveTerms;
  quantity: number;
  limit: number | undefined;
  stop: number | undefined;
  filled: number;
  status: "open" | "filled" | "canceled" | "expired" | "rejected";
  reason: string | null;
  since: number;
  /** A child that has something to work for, or any other order. */
  works: boolean;
  triggered: boolean;
  /** The visit at which it began to look at prices, and whether it has filled in this bar. */
  joined: number;
  done: boolean;
}

export interface NaiveFill {
  readonly id: string;
  readonly quantity: number;
  readonly price: number;
  readonly at: number;
}

export class NaiveVenue {
  readonly fills: NaiveFill[] = [];
  readonly entries: Entry[] = [];
  readonly #rules: NaiveRules;
  #mark: number | null = null;
  #visit = 0;

  constructor(rules: NaiveRules) {
    this.#rules = rules;
  }

  place(terms: NaiveTerms, at: number): string {
    const buy = terms.quantity > 0;
    const parent = terms.parent === undefined ? undefined : this.#find(terms.parent);
    const takes =
      this.#mark !== null && terms.limit !== undefined && (buy ? this.#mark <= terms.limit : this.#mark >= terms.limit);
    let reason: string | null = null;
    if (terms.parent !== undefined && parent === undefined) reason = "no_such_parent";
    else if (parent?.status === "rejected") reason = "parent_rejected";
    else if (parent !== undefined && parent.status !== "open" && parent.filled === 0) reason = "parent_ended";
    else if (terms.postOnly === true && takes) reason = "would_take";
    const entry: Entry = {
      terms,
      quantity: terms.quantity,
      limit: terms.limit,
      stop: terms.stop,
      filled: 0,
      status: reason === null ? "open" : "rejected",
      reason,
      since: at,
      works: parent === undefined,
      triggered: false,
      joined: -1,
      done: false,
    };
    this.entries.push(entry);
    if (reason !== null) return reason;
    if (parent !== undefined && this.#left(entry) > 0) entry.works = true;
    if (entry.works && this.#mark !== null) this.#follow(entry, this.#mark);
    return "accepted";
  }

  cancel(id: string, at: number): void {
    const entry = this.#find(id);
    if (entry?.status === "open") this.#end(entry, "canceled", "canceled", at);
  }

  /** Only what the test knows to be sound is asked for. */
  replace(id: string, change: { quantity?: number; limit?: number; stop?: number }, at: number): void {
    const entry = this.#find(id);
    if (entry?.status !== "open") return;
    const { terms } = entry;
    if (change.limit !== undefined && entry.limit === undefined) return;
    const stops = !entry.triggered && (terms.type === "stop" || terms.type === "stop_limit");
    if (change.stop !== undefined && !stops) return;
    if (change.quantity !== undefined) {
      if (terms.parent !== undefined || Math.abs(change.quantity) <= Math.abs(entry.filled)) return;
      if (change.quantity > 0 !== entry.quantity > 0) return;
    } else if (Math.abs(entry.quantity) <= Math.abs(entry.filled)) return;
    const limit = change.limit ?? entry.limit;
    if (terms.postOnly === true && this.#mark !== null && limit !== undefined)
      if (entry.quantity > 0 ? this.#mark <= limit : this.#mark >= limit) return;
    entry.quantity = change.quantity ?? entry.quantity;
    entry.limit = limit;
    entry.stop = change.stop ?? entry.stop;
    entry.since = Math.max(entry.since, at);
  }

  bar(bar: NaiveBar): void {
    for (const entry of this.entries)
      if (entry.status === "open" && (entry.terms.expiresAt ?? bar.at) < bar.at)
        this.#end(entry, "expired", "expired", bar.at);
    const present = this.entries.filter(
      (entry) =>
        entry.status === "open" && entry.since < bar.at && entry.since <= bar.opensAt + (bar.at - bar.opensAt) / 4,
    );
    for (const entry of this.entries) {
      entry.done = false;
      entry.joined = -1;
    }
    const lowFirst = bar.open - bar.low <= bar.high - bar.open;
    const stations = lowFirst ? [bar.low, bar.high, bar.close] : [bar.high, bar.low, bar.close];
    this.#visit = 0;
    const looking = new Set(present.filter((entry) => entry.works));
    for (const entry of looking) entry.joined = 0;
    this.#look(bar.open, bar, looking);
    for (const entry of present)
      if (entry.status === "open" && entry.works && instant(entry) && !waiting(entry))
        this.#end(entry, "canceled", entry.terms.tif, bar.at);
    for (const entry of looking) this.#follow(entry, bar.open);
    let price = bar.open;
    for (const station of stations)
      while (price !== station) {
        price += Math.sign(station - price);
        this.#visit += 1;
        this.#look(price, bar, looking);
        for (const entry of looking) this.#follow(entry, price);
      }
    this.#mark = bar.close;
  }

  #look(price: number, bar: NaiveBar, looking: Set<Entry>): void {
    for (;;) {
      const ready = [...looking]
        .filter((entry) => entry.status === "open" && entry.works && !entry.done && this.#acts(entry, price))
        .toSorted((a, b) => target(a) - target(b) || this.entries.indexOf(a) - this.entries.indexOf(b));
      const [entry] = ready;
      if (entry === undefined) return;
      if (waiting(entry)) {
        entry.triggered = true;
        entry.joined = this.#visit;
        entry.since = bar.at;
        if (entry.limit !== undefined) {
          if (instant(entry) && !this.#acts(entry, price)) this.#end(entry, "canceled", entry.terms.tif, bar.at);
          continue;
        }
      }
      this.#execute(entry, price, bar, looking);
    }
  }

  #acts(entry: Entry, price: number): boolean {
    const buy = entry.quantity > 0;
    if (waiting(entry)) return entry.stop !== undefined && (buy ? price >= entry.stop : price <= entry.stop);
    if (entry.limit === undefined) return true;
    const beyond = this.#rules.through ? 1 : 0;
    return buy ? price <= entry.limit - beyond : price >= entry.limit + beyond;
  }

  #execute(entry: Entry, price: number, bar: NaiveBar, looking: Set<Entry>): void {
    entry.done = true;
    const { tif, reduceOnly, owner } = entry.terms;
    const sign = Math.sign(entry.quantity);
    let size = this.#left(entry);
    if (reduceOnly === true) {
      const held = this.#held(owner);
      if (held * sign >= 0) return this.#end(entry, "canceled", "reduce_only", bar.at);
      size = Math.min(size, Math.abs(held));
    }
    const given =
      this.#rules.share === null || bar.volume === 0
        ? size
        : Math.min(size, Math.floor(bar.volume * this.#rules.share));
    if (tif === "fok" && given < size) return this.#end(entry, "canceled", "fok", bar.at);
    if (given > 0) {
      let paid = price;
      if (entry.limit === undefined) {
        const side = sign * bar.halfSpread;
        paid = this.#slipped(price + side, sign);
        if (bar.low !== bar.high) paid = clamp(paid, bar.low + side, bar.high + side);
      } else if (this.#visit > entry.joined) paid = entry.limit;
      entry.filled += sign * given;
      entry.since = bar.at;
      this.fills.push({ id: entry.terms.id, quantity: sign * given, price: paid, at: bar.at });
      if (entry.filled === entry.quantity) entry.status = "filled";
      this.#consequences(entry, price, bar, looking);
    }
    if (instant(entry)) this.#end(entry, "canceled", tif, bar.at);
    if (reduceOnly === true && this.#held(owner) === 0) this.#end(entry, "canceled", "reduce_only", bar.at);
  }

  #consequences(entry: Entry, price: number, bar: NaiveBar, looking: Set<Entry>): void {
    const { group, owner, id } = entry.terms;
    if (group !== undefined)
      for (const other of this.entries)
        if (other !== entry && other.status === "open" && other.terms.group === group && other.terms.owner === owner)
          this.#end(other, "canceled", "oco", bar.at);
    for (const child of this.entries) {
      if (child.terms.parent !== id || child.status !== "open" || this.#left(child) === 0) continue;
      child.since = bar.at;
      if (child.works) continue;
      child.works = true;
      child.triggered = false;
      child.joined = this.#visit;
      this.#follow(child, price);
      looking.add(child);
    }
    if (entry.terms.parent !== undefined)
      for (const one of this.entries)
        if (one.terms.parent === entry.terms.parent && one.status === "open") {
          one.since = Math.max(one.since, bar.at);
          if (this.#left(one) > 0) continue;
          this.#follow(one, price);
          if (this.#find(entry.terms.parent)?.status === "open") one.works = one.triggered = false;
          else this.#end(one, "canceled", "bracket", bar.at);
        }
    if (entry.status === "filled") this.#orphans(entry, bar.at);
  }

  #end(entry: Entry, status: "canceled" | "expired", reason: string, at: number): void {
    if (entry.status !== "open") return;
    entry.status = status;
    entry.reason = reason;
    this.#orphans(entry, at);
  }

  #orphans(entry: Entry, at: number): void {
    for (const child of this.entries)
      if (child.terms.parent === entry.terms.id && child.status === "open" && this.#left(child) === 0)
        this.#end(child, "canceled", entry.filled === 0 ? "parent_ended" : "bracket", at);
  }

  /** A stop that trails comes nearer when the price moves away from it in its favor. */
  #follow(entry: Entry, price: number): void {
    const { trail } = entry.terms;
    if (trail === undefined || !entry.works || entry.status !== "open" || !waiting(entry)) return;
    const hundredths = "amount" in trail ? trail.amount * 100 : trail.percent * price;
    const level =
      entry.quantity > 0 ? Math.ceil((price * 100 + hundredths) / 100) : Math.floor((price * 100 - hundredths) / 100);
    if (entry.stop === undefined) entry.stop = level;
    else entry.stop = entry.quantity > 0 ? Math.min(entry.stop, level) : Math.max(entry.stop, level);
  }

  #left(entry: Entry): number {
    const own = Math.abs(entry.quantity - entry.filled);
    if (entry.terms.parent === undefined) return own;
    const family = this.entries.filter((one) => one.terms.parent === entry.terms.parent);
    const covered = family.reduce((sum, one) => sum + Math.abs(one.filled), 0);
    return Math.max(0, Math.min(own, Math.abs(this.#find(entry.terms.parent)?.filled ?? 0) - covered));
  }

  #held(owner: string | undefined): number {
    return this.fills
      .filter(({ id }) => owner === undefined || this.#find(id)?.terms.owner === owner)
      .reduce((sum, { quantity }) => sum + quantity, 0);
  }

  /** Half to even, in whole numbers. */
  #slipped(price: number, sign: number): number {
    const scaled = price * (10_000 + sign * this.#rules.slippageBps);
    const rest = scaled % 10_000;
    const floor = (scaled - rest) / 10_000;
    if (rest === 5_000) return floor % 2 === 0 ? floor : floor + 1;
    return rest > 5_000 ? floor + 1 : floor;
  }

  #find(id: string): Entry | undefined {
    return this.entries.find((entry) => entry.terms.id === id);
  }
}

const clamp = (price: number, low: number, high: number): number => Math.max(low, Math.min(high, price));
const instant = (entry: Entry): boolean => entry.terms.tif === "ioc" || entry.terms.tif === "fok";
const waiting = (entry: Entry): boolean =>
  !entry.triggered &&
  (entry.terms.type === "stop" || entry.terms.type === "stop_limit" || entry.terms.type === "trailing_stop");
const target = (entry: Entry): number => (entry.terms.parent !== undefined && entry.terms.type === "limit" ? 1 : 0);
