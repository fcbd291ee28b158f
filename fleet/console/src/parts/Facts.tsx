import type { ReactNode } from "react";
import css from "./parts.module.css";

/** Pairs of a name and a value; a pair whose value is null is left out. */
export function Facts({ rows }: { rows: [name: string, value: ReactNode][] }): ReactNode {
  return (
    <dl className={css["facts"]}>
      {rows
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
