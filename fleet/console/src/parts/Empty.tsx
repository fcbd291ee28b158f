import type { ReactNode } from "react";
import css from "./parts.module.css";

/** Nothing to show: says so, and what to do about it. */
export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }): ReactNode {
  return (
    <div className={css["empty"]}>
      <strong>{title}</strong>
      {hint}
      {children}
    </div>
  );
}
