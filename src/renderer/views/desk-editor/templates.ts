/** What a new desk begins with. */

const HEAD = `# What each setting means is said beside it in the editor, and by \`logos config\`.
name: NAME
seed: "1"

broker:
  cash: 1000000
`;

const LIMITS = `
limits:
  max_notional: 50000
  portfolio_gross_cap: 2
  session_drawdown_limit: 0.2
`;

/** A desk on recorded files of the workspace, with one built-in strategy on the first symbol. */
export const recordedDesk = (files: readonly string[], symbols: readonly string[], cadence: string): string =>
  `${HEAD.replace("NAME", "my desk")}
feed:
  kind: replay
  files: [${files.map((file) => JSON.stringify(file)).join(", ")}]
${LIMITS}
clock:
  speed: max

strategies:
  - name: momentum-1
    module: momentum
    symbols: [${symbols
      .slice(0, 1)
      .map((one) => (/^[A-Za-z][A-Za-z0-9._-]*$/.test(one) ? one : JSON.stringify(one)))
      .join(", ")}]
    cadence: ${cadence}
`;

/** A desk on a market that is drawn from the seed, with a strategy of one's own. */
export const strategyDesk = (file: string): string =>
  drawnDesk().replace(
    "name: momentum-1\n    module: momentum",
    `name: ${file.replace(/\.[a-z]+$/, "")}\n    module: ${file}`,
  );

/** A desk on a market that is drawn from the seed. */
export const drawnDesk = (): string =>
  `${HEAD.replace("NAME", "my desk")}
feed:
  kind: synthetic
  barInterval: 1m
  symbols:
    - symbol: AAA
      assetClass: equity
      startPrice: 100
${LIMITS}
clock:
  speed: 10

strategies:
  - name: momentum-1
    module: momentum
    symbols: [AAA]
    cadence: 1m
`;
