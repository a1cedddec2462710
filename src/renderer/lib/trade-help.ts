/** What Help says of orders and positions by hand: titles, each with its sentences. */

export const TRADE_PARTS = [
  [
    "New order (O)",
    [
      "Symbol, side, quantity, type, prices, time in force. The guards' readings are shown before you send it.",
      "It is an order of strategy “manual”: same guards, router, journal and broker as every other.",
    ],
  ],
  [
    "Cancel and replace",
    [
      "In Orders and fills, tab Working (W): mark rows with Space, then press Cancel or Replace.",
      "⇧X cancels the working orders of everything, a group, a strategy or a symbol.",
      "A square is requested and not confirmed, a triangle works at the broker, a circle has ended.",
      "Unknown, asking: the broker has not answered a request; the console queries it and does not resend it.",
      "A cancel passes every guard and every halt. A replace is judged by what it adds; if it is refused, the order stays unchanged.",
    ],
  ],
  [
    "Close and flatten",
    [
      "Close in Positions (=) ends one position and halts nothing: a strategy may open it again.",
      "Flatten (⇧F) halts the scope, cancels its orders and closes its positions. It works while halted.",
      "The banner shows how far it is, and names what could not be closed.",
    ],
  ],
  [
    "Halt (⇧H)",
    [
      "Only halt: working orders stay at the broker and may fill. And cancel working orders: positions stay. And flatten: both go.",
      "The halt banner says what still works at the broker, with Cancel and Flatten beside it.",
    ],
  ],
  [
    "Pace",
    [
      "queue: an order that finds its rate window full waits, and goes out in order when the window frees.",
      "refuse: it is rejected as rate_limited. Router shows both for each strategy.",
    ],
  ],
] as const;
