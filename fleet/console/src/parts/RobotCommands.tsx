import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Robot } from "../api/types";
import css from "../pages/pages.module.css";
import { useCommand } from "./command";
import { ConfirmButton } from "./ConfirmButton";

/** What can be told to one robot. Destructive ones ask once. */
export function RobotCommands({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  const path = (verb: string) => `/robots/${encodeURIComponent(robot.id)}/${verb}`;
  const halted = robot.mode === "paused" || robot.mode === "stopped";
  const plain = (verb: "pause" | "resume" | "in-service", disabled = false) => (
    <Button size="xs" variant="default" disabled={disabled} onClick={() => void command(path(verb))}>
      {t(`robot.${verb}`)}
    </Button>
  );
  const asking = (verb: "stop" | "dock" | "out-of-service" | "clear", key: string, danger: boolean) => (
    <ConfirmButton
      size="xs"
      label={t(`robot.${verb}`)}
      title={t(`robot.confirm${key}`, { robot: robot.id })}
      what={t(`robot.what${key}`)}
      confirm={t(`robot.${verb}`)}
      danger={danger}
      withReason
      onConfirm={(reason) => command(path(verb), { because: reason })}
    />
  );
  return (
    <div className={css["actions"]} role="group" aria-label={t("robot.commands")}>
      {halted ? plain("resume") : plain("pause", !robot.online)}
      {robot.mode !== "stopped" && asking("stop", "Stop", true)}
      {robot.online && asking("dock", "Dock", false)}
      {robot.in_service ? asking("out-of-service", "Out-of-service", false) : plain("in-service")}
      {robot.lost && asking("clear", "Clear", true)}
    </div>
  );
}
