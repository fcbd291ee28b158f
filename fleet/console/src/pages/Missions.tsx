import { Chip, Group, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useMissionList } from "../api/queries";
import type { Mission } from "../api/types";
import { usePart } from "../live/hooks";
import { Empty } from "../parts/Empty";
import { byOpenFirst } from "../parts/looks";
import { MissionRow } from "../parts/MissionRow";
import css from "./pages.module.css";

const STATES = ["queued", "assigned", "running", "paused", "completed", "failed", "cancelled"];
const FAMILIES = ["service", "patrol", "disinfection", "guide"];

/** All missions, filtered by state and kind; the filter is in the address. */
export function Missions(): ReactNode {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const states = search.getAll("state").filter((state) => STATES.includes(state));
  const family = search.get("family");
  const missions = useFiltered(states, family);
  const change = (nextStates: string[], nextFamily: string | null) => {
    const next = new URLSearchParams(nextStates.map((state) => ["state", state]));
    if (nextFamily) next.set("family", nextFamily);
    setSearch(next, { replace: true });
  };
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <h1>{t("nav.missions")}</h1>
        {missions && <span className="num">{t("mission.found", { count: missions.length })}</span>}
      </div>
      <div className={css["filters"]}>
        <Select
          label={t("mission.filterFamily")}
          size="xs"
          w={150}
          clearable
          placeholder={t("mission.any")}
          value={family}
          data={FAMILIES.map((value) => ({ value, label: t(`family.${value}`) }))}
          onChange={(value) => change(states, value)}
        />
        <Chip.Group multiple value={states} onChange={(value) => change(value, family)}>
          <Group gap={6} role="group" aria-label={t("mission.filterState")}>
            {STATES.map((state) => (
              <Chip key={state} value={state} size="xs" variant="outline">
                {t(`missionState.${state}`)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </div>
      <section className={`panel ${css["flush"]}`} style={{ overflow: "hidden" }}>
        {!missions && <Empty title={t("app.loading")} />}
        {missions?.length === 0 && <Empty title={t("mission.noneFound")} hint={t("mission.noneFoundHint")} />}
        {missions?.map((mission) => (
          <MissionRow key={mission.id} mission={mission} />
        ))}
      </section>
    </div>
  );
}

/** What the orchestrator lists, with what the stream says since. */
function useFiltered(states: string[], family: string | null): Mission[] | null {
  const asked = useMissionList({ states, family }).data;
  const live = usePart((state) => state.missions);
  if (!asked) return null;
  const all = new Map(asked.map((mission) => [mission.id, mission]));
  for (const mission of live.values()) all.set(mission.id, mission);
  const fits = (mission: Mission) => (states.length === 0 || states.includes(mission.state)) && (!family || mission.family === family);
  return [...all.values()].filter(fits).sort(byOpenFirst);
}

