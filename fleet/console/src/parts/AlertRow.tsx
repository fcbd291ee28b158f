import { Button, Group, Modal, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Alert } from "../api/types";
import { useWords } from "../i18n/words";
import { usePart } from "../live/hooks";
import { NAME_KEY, useCommand } from "./command";
import css from "./parts.module.css";
import { SeverityTag } from "./Tag";
import { Moment } from "./Waiting";

/** One alert: what, how bad, why, what to do, and the button that says it is handled. */
export function AlertRow({ alert }: { alert: Alert }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <article className={css["row"]} style={{ cursor: "default" }}>
      <span className={css["line"]}>
        <span className={`${css["grow"]} ${css["title"]}`}>
          {words.term("alert.kind", alert.kind)} · <Subject id={alert.subject} />
        </span>
        <SeverityTag alert={alert} />
      </span>
      <div>{alert.because}</div>
      {alert.hint && alert.handled_s === null && <div className={css["soft"]}>{alert.hint}</div>}
      <span className={`${css["line"]} ${css["soft"]}`} style={{ marginTop: 4 }}>
        <span className={css["grow"]}>
          <Moment atS={alert.raised_s} />
          {alert.count > 1 && <> · {t("alert.times", { count: alert.count })}</>}
        </span>
        {alert.handled_s === null && <Handle alert={alert} />}
      </span>
      {alert.handled_s !== null && <Handled alert={alert} atS={alert.handled_s} />}
    </article>
  );
}

/** The robot or mission that an alert is about, as a link to its page. */
function Subject({ id }: { id: string }): ReactNode {
  const words = useWords();
  const isRobot = usePart((state) => state.robots.has(id));
  if (isRobot) return <Link to={`/robots/${id}`}>{id}</Link>;
  if (id.startsWith("mission-")) return <Link to={`/missions/${id}`}>{id}</Link>;
  return words.place(id);
}

function Handled({ alert, atS }: { alert: Alert; atS: number }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const at = words.clock(atS, atS);
  return (
    <div className={css["soft"]}>
      {t("alert.handledBy", { by: alert.handled_by || "—" })} · {t("alert.handledAt", { at })}
      {alert.note && <> · “{alert.note}”</>}
    </div>
  );
}

function Handle({ alert }: { alert: Alert }): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  const [opened, { open, close }] = useDisclosure(false);
  const [by, setBy] = useState(() => localStorage.getItem(NAME_KEY) ?? "");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    if (by.trim()) localStorage.setItem(NAME_KEY, by.trim());
    const done = await command(`/alerts/${encodeURIComponent(alert.id)}/handle`, { by: by.trim() || "console", note: note.trim() });
    setBusy(false);
    if (done) close();
  };
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={open}>
        {t("alert.handle")}
      </Button>
      <Modal opened={opened} onClose={close} title={t("alert.handleTitle")} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Textarea data-autofocus label={t("alert.note")} description={t("alert.noteHint")} value={note} autosize minRows={2} onChange={(event) => setNote(event.currentTarget.value)} mb="sm" />
          <TextInput label={t("alert.by")} value={by} onChange={(event) => setBy(event.currentTarget.value)} mb="md" />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={busy}>
              {t("alert.handle")}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
