import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Answer, ErrorBody } from "../api/types";
import { useWords } from "../i18n/words";
import { Facts } from "../parts/Facts";
import { Moment } from "../parts/Waiting";
import css from "./form.module.css";

/** Which robot, when, how long, and why. */
export function AcceptedAnswer({ answer, onAgain }: { answer: Answer; onAgain: () => void }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <div className={css["answer"]} role="status">
      <h3>{t("form.accepted", { id: answer.id })}</h3>
      <p>{answer.because}</p>
      {answer.repeated && <p>{t("form.repeated")}</p>}
      <Facts
        rows={[
          [t("mission.robot"), answer.robot || t("form.noRobotYet")],
          [t("form.startsIn"), typeof answer.start_s === "number" ? <Moment atS={answer.start_s} /> : null],
          [t("form.takes"), typeof answer.duration_s === "number" ? words.duration(answer.duration_s) : null],
        ]}
      />
      <Group mt="md" gap="sm">
        <Button size="xs" component={Link} to={`/missions/${answer.id}`}>
          {t("form.openMission")}
        </Button>
        <Button size="xs" variant="default" onClick={onAgain}>
          {t("form.again")}
        </Button>
      </Group>
    </div>
  );
}

/** The veto, for each robot, and what to do. */
export function RefusedAnswer({ error }: { error: ErrorBody }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const vetoes = Object.entries(error.vetoes ?? {});
  return (
    <div className={css["answer"]} data-refused role="alert">
      <h3>{t("form.refused")}</h3>
      <p>{error.message}</p>
      {error.hint && (
        <p>
          <strong>{t("form.todo")}:</strong> {error.hint}
        </p>
      )}
      {vetoes.length > 0 && <Facts rows={vetoes.map(([robot, veto]) => [robot, words.term("veto", veto)])} />}
    </div>
  );
}
