import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { usePart } from "../live/hooks";
import { useCommand } from "../parts/command";
import { ConfirmButton } from "../parts/ConfirmButton";
import { Empty } from "../parts/Empty";
import { byNeed } from "../parts/looks";
import { RobotRow } from "../parts/RobotRow";
import css from "./pages.module.css";

export function Robots(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const command = useCommand();
  const robots = [...usePart((state) => state.robots).values()].sort(byNeed);
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <h1>{t("nav.robots")}</h1>
        <span className="num">{robots.length}</span>
        <span style={{ flex: 1 }} />
        <ConfirmButton
          size="xs"
          label={t("stop.dockAll")}
          title={t("stop.dockTitle")}
          what={t("stop.dockWhat")}
          confirm={t("stop.dockAll")}
          withReason
          onConfirm={(reason) => command("/fleet/dock-all", { because: reason })}
        />
      </div>
      {robots.length === 0 && <Empty title={t("ops.noRobots")} hint={t("ops.noRobotsHint")} />}
      <div className={css["grid"]}>
        {robots.map((robot) => (
          <div key={robot.id} className="panel" style={{ overflow: "hidden" }}>
            <RobotRow robot={robot} current={false} onOpen={(id) => void navigate(`/robots/${id}`)} />
          </div>
        ))}
      </div>
    </div>
  );
}
