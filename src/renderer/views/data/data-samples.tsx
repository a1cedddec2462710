/** Bars as they were read, for a person to compare with the file. */
import type { ReactNode } from "react";
import type { DataReadFile, DataReading } from "../../../shared/contract/contract-data.ts";
import { BarTime } from "../../components/values.tsx";

export function Samples({ file }: { readonly file: DataReadFile }): ReactNode {
  return (
    <table className="plain data-samples" data-testid="data-samples">
      <thead>
        <tr>
          {["Symbol", "Opens", "Closes"].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
          {["Open", "High", "Low", "Close", "Volume"].map((title) => (
            <th key={title} scope="col" className="right">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {file.samples.map((bar) => (
          <tr key={`${bar.symbol} ${bar.closed}`}>
            <td>{bar.symbol}</td>
            <td>
              <BarTime at={bar.opened} />
            </td>
            <td>
              <BarTime at={bar.closed} />
            </td>
            {[bar.open, bar.high, bar.low, bar.close, bar.volume].map((value, place) => (
              <td key={place} className="right mono">
                {value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The first rows of a file of which the rest is still on its way or being read. */
export function FirstRows({ reading }: { readonly reading: DataReading }): ReactNode {
  const [file] = reading.files;
  if (file === undefined || file.samples.length === 0) return null;
  return (
    <section aria-label="First rows" data-testid="data-first-rows">
      <p className="quiet">First rows, read as {file.understood}. The rest follows.</p>
      <Samples file={file} />
    </section>
  );
}
