import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { ApiError } from "../api/client";
import { useMission, useWhy } from "../api/queries";
import type { Mission, MissionDetail } from "../api/types";
import { useWords } from "../i18n/words";
import { useLiveMission } from "../live/hooks";
import { isEnded } from "../live/state";
import { useCommand } from "../parts/command";
import { ConfirmButton } from "../parts/ConfirmButton";
import { Empty } from "../parts/Empty";
import { Facts } from "../parts/Facts";
import { FamilyIcon } from "../parts/FamilyIcon";
import { Progress } from "../parts/MissionRow";
import { MissionTag } from "../parts/Tag";
import { Moment, Waiting } from "../parts/Waiting";
import { AskPerson } from "./AskPerson";
import { HistoryTable, Images, Steps } from "./MissionStory";
import css from "./pages.module.css";

/** One mission: its steps with times and reasons, what it waits for, its story, its pictures. */
export function MissionPage(): ReactNode {
  const { t } = useTranslation();
  const id = useParams()["id"] ?? "";
  const asked = useMission(id);
  const live = useLiveMission(id);
  useRefetchOnChange(id, live);
  if (!asked.data) {
    const gone = asked.error instanceof ApiError && asked.error.status === 404;
    return <Empty title={gone ? t("error.missionGone", { id }) : asked.isError ? t("error.NO_ANSWER") : t("app.loading")} />;
  }
  const mission: MissionDetail = { ...asked.data, ...live };
  return (
    <div className={css["page"]}>
      <Head mission={mission} />
      <div className={css["columns"]}>
        <div className={css["stack"]}>
          <AskPerson mission={mission} />
          <section className={`panel ${css["box"]}`}>
            <h2>{t("mission.steps")}</h2>
            <Steps tasks={mission.tasks} />
          </section>
          <section className={`panel ${css["box"]}`}>
            <h2>{t("mission.history")}</h2>
            <HistoryTable history={mission.history} tasks={mission.tasks} />
          </section>
        </div>
        <div className={css["stack"]}>
          <section className={`panel ${css["box"]}`}>
            <Summary mission={mission} />
          </section>
          <WhyMission mission={mission} />
          <section className={`panel ${css["box"]}`}>
            <h2>{t("mission.images")}</h2>
            <Images mission={mission} />
          </section>
        </div>
      </div>
    </div>
  );
}

/** History and pictures come by HTTP: they are asked for again when the stream says that the mission changed. */
function useRefetchOnChange(id: string, live: Mission | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (live) void client.invalidateQueries({ queryKey: ["mission", id] });
  }, [client, id, live]);
}

function Head({ mission }: { mission: MissionDetail }): ReactNode {
  const words = useWords();
  return (
    <>
      <div className={css["head"]}>
        <FamilyIcon family={mission.family} size={20} />
        <h1>{words.name(mission.title, mission.template)}</h1>
        <MissionTag mission={mission} />
        <span>{mission.id}</span>
        <span style={{ flex: 1 }} />
        <Controls mission={mission} />
      </div>
      {!isEnded(mission.state) && (
        <div style={{ marginTop: -8, marginBottom: 14 }}>
          <Progress fraction={mission.progress_fraction} />
        </div>
      )}
    </>
  );
}

function Controls({ mission }: { mission: MissionDetail }): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  if (isEnded(mission.state)) return null;
  const path = (verb: string) => `/missions/${encodeURIComponent(mission.id)}/${verb}`;
  const verb = mission.state === "paused" ? "resume" : "pause";
  return (
    <div className={css["actions"]}>
      <Button size="xs" variant="default" onClick={() => void command(path(verb))}>
        {t(`mission.${verb}`)}
      </Button>
      <ConfirmButton
        size="xs"
        label={t("mission.cancel")}
        title={t("mission.cancelTitle", { id: mission.id })}
        what={t("mission.cancelWhat")}
        confirm={t("mission.cancelConfirm")}
        keep={t("mission.keep")}
        danger
        withReason
        onConfirm={(reason) => command(path("cancel"), { because: reason })}
      />
    </div>
  );
}

function Summary({ mission }: { mission: MissionDetail }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const begun = mission.state !== "queued" && mission.state !== "assigned";
  const open = !isEnded(mission.state);
  return (
    <Facts
      rows={[
        [t("mission.robot"), mission.robot ? <Link to={`/robots/${mission.robot}`}>{mission.robot}</Link> : t("mission.noRobot")],
        [t("common.because"), mission.because || null],
        [t("common.why"), open && mission.waiting ? <Waiting waiting={mission.waiting} sinceS={mission.waiting_since_s} /> : null],
        [t("mission.created"), <Moment key="created" atS={mission.created_s} />],
        [begun ? t("mission.started") : t("mission.starts"), mission.start_s !== null ? <Moment atS={mission.start_s} /> : null],
        [t("mission.ends"), open && mission.end_s !== null ? <Moment atS={mission.end_s} /> : null],
        [t("mission.ended"), mission.ended_s !== null ? <Moment atS={mission.ended_s} /> : null],
        [t("priority.label"), t(`priority.${mission.priority}`)],
        [t("mission.requestedBy"), mission.requested_by || null],
        ...Object.entries(mission.params).map(([name, value]): [string, ReactNode] => [name.replaceAll("_", " "), paramText(value, words.place)]),
      ]}
    />
  );
}

function paramText(value: string | number | boolean | string[], place: (id: string) => string): string {
  if (Array.isArray(value)) return value.map(place).join(" → ");
  return typeof value === "string" ? place(value) : String(value);
}

function WhyMission({ mission }: { mission: MissionDetail }): ReactNode {
  const { t } = useTranslation();
  const open = !isEnded(mission.state);
  const why = useWhy("missions", mission.id, open).data;
  if (!open || !why || why.reasons.length === 0) return null;
  return (
    <section className={`panel ${css["box"]}`}>
      <h2>{t("mission.whyTitle")}</h2>
      <ul className={css["reasons"]}>
        {why.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </section>
  );
}
