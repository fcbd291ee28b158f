import { Button, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Mission, Task } from "../api/types";
import { useCommand } from "../parts/command";
import { askedOf, type Asked } from "../parts/looks";
import css from "./pages.module.css";

const PIN_LENGTH_MAX = 6;
const PIN_LENGTH_MIN = 4;

/** The step waits for a person: enter the PIN, or confirm. Nothing when it does not. */
export function AskPerson({ mission }: { mission: Mission }): ReactNode {
  const task = mission.tasks.find((entry) => entry.state === "running");
  const asked = task ? askedOf(task.phase) : null;
  if (!task || !asked || mission.state !== "running") return null;
  return <Ask key={`${task.seq} ${asked}`} mission={mission} task={task} asked={asked} />;
}

function Ask({ mission, task, asked }: { mission: Mission; task: Task; asked: Asked }): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  const [pin, setPin] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async () => {
    const value = pin;
    setPin(""); // now, not after the answer: what is typed meanwhile is the next try
    setBusy(true);
    await command(`/missions/${encodeURIComponent(mission.id)}/confirm`, { what: asked, value });
    setBusy(false);
  };
  return (
    <section className={css["ask"]} aria-label={t(`mission.ask.${asked}`)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Text fw={600} mb="xs">
          {t(`mission.ask.${asked}`)} <span style={{ fontWeight: 400 }}>{task.robot}</span>
        </Text>
        <div className={css["actions"]}>
          {asked === "pin" && (
            <TextInput
              aria-label={t("mission.pin")}
              placeholder={t("mission.pin")}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={PIN_LENGTH_MAX}
              value={pin}
              onChange={(event) => setPin(event.currentTarget.value.replace(/\D/g, ""))}
              w={120}
              data-autofocus
            />
          )}
          <Button type="submit" size="sm" loading={busy} disabled={asked === "pin" && pin.length < PIN_LENGTH_MIN}>
            {t(`mission.confirm.${asked}`)}
          </Button>
        </div>
      </form>
    </section>
  );
}
