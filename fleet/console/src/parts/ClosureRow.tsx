import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Closure } from "../api/types";
import { useWords } from "../i18n/words";
import { useNowS } from "../live/hooks";
import { useCommand } from "./command";
import { ConfirmButton } from "./ConfirmButton";
import css from "./closures.module.css";
import { useElementName } from "./useElementName";

/** What is closed, by whom, why and until when; and the way to open it. */
export function ClosureRow({ closure, named = true }: { closure: Closure; named?: boolean }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const nowS = useNowS();
  const nameOf = useElementName();
  const name = nameOf(closure.kind, closure.element);
  const until = closure.until_s === null ? t("closure.untilOpened") : t("closure.until", { time: words.clock(closure.until_s, nowS) });
  return (
    <div className={css["row"]} data-closure={closure.id}>
      <div className={css["words"]}>
        {named && (
          <strong>
            {name} <KindWord kind={closure.kind} />
            {closure.one_way && ` · ${t("closure.thisWayOnly")}`}
          </strong>
        )}
        <span>{closure.because}</span>
        <small>
          {t("closure.by", { by: closure.timed ? t("closure.timetable") : closure.by || "–", time: words.clock(closure.closed_s, nowS) })} · {until}
        </small>
        {closure.diverted.length > 0 && <small>{t("closure.diverted", { robots: closure.diverted.join(", ") })}</small>}
      </div>
      <OpenElement closure={closure} name={name} />
    </div>
  );
}

/** A lane is called so already. */
export function KindWord({ kind }: { kind: Closure["kind"] }): ReactNode {
  const { t } = useTranslation();
  return kind === "lane" ? null : <small className={css["kind"]}>{t(`closure.kind.${kind}`)}</small>;
}

function OpenElement({ closure, name }: { closure: Closure; name: string }): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  return (
    <ConfirmButton
      size="xs"
      label={t("closure.open")}
      title={t("closure.openTitle", { name })}
      what={t("closure.openWhat")}
      confirm={t("closure.openConfirm")}
      withReason
      onConfirm={(because) => command(`/closures/${encodeURIComponent(closure.id)}`, { because }, "delete")}
    />
  );
}
