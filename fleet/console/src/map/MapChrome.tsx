import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCurrentLocation, IconInfoCircle, IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Robot, Site } from "../api/types";
import { useWords } from "../i18n/words";
import { FamilyIcon } from "../parts/FamilyIcon";
import { robotTone, type RobotLook } from "../parts/looks";
import { Tag } from "../parts/Tag";
import css from "./map.module.css";

interface LevelTabsProps {
  site: Site;
  level: string;
  robots: ReadonlyMap<string, Robot>;
  onLevel: (level: string) => void;
}

/** One tab a level, with the number of robots there. */
export function LevelTabs({ site, level, robots, onLevel }: LevelTabsProps): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  if (site.levels.length < 2) return null;
  const count = (id: string) => [...robots.values()].filter((robot) => robot.pose.level === id).length;
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.stopPropagation();
    const index = site.levels.findIndex((entry) => entry.id === level);
    const to = (index + step + site.levels.length) % site.levels.length;
    onLevel(site.levels[to]?.id ?? level);
    event.currentTarget.querySelectorAll("button")[to]?.focus();
  };
  return (
    <div className={css["levels"]} role="tablist" aria-label={t("map.levels")} onKeyDown={move}>
      {site.levels.map((entry) => (
        <button key={entry.id} type="button" role="tab" className={css["level"]} aria-selected={entry.id === level} tabIndex={entry.id === level ? 0 : -1} onClick={() => onLevel(entry.id)}>
          {words.name(entry.names, entry.id)} <small title={t("map.robotsHere", { count: count(entry.id) })}>{count(entry.id)}</small>
        </button>
      ))}
    </div>
  );
}

interface MapToolsProps {
  onZoom: (direction: 1 | -1) => void;
  onFit: () => void;
  follow: boolean;
  canFollow: boolean;
  onFollow: (follow: boolean) => void;
  /** The kinds of zones and places that the level has. */
  kinds: ReadonlySet<string>;
}

export function MapTools({ onZoom, onFit, follow, canFollow, onFollow, kinds }: MapToolsProps): ReactNode {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 700px)");
  return (
    <div className={css["tools"]}>
      <ActionIcon.Group orientation={narrow ? "horizontal" : "vertical"}>
        <Tool label={t("map.zoomIn")} icon={<IconPlus size={17} />} onClick={() => onZoom(1)} />
        <Tool label={t("map.zoomOut")} icon={<IconMinus size={17} />} onClick={() => onZoom(-1)} />
        <Tool label={t("map.fit")} icon={<IconMaximize size={17} />} onClick={onFit} />
      </ActionIcon.Group>
      {canFollow && (
        <Tool label={follow ? t("map.unfollow") : t("map.follow")} icon={<IconCurrentLocation size={17} />} pressed={follow} onClick={() => onFollow(!follow)} />
      )}
      <Legend kinds={kinds} />
    </div>
  );
}

function Tool(props: { label: string; icon: ReactNode; onClick: () => void; pressed?: boolean }): ReactNode {
  const toggle = props.pressed === undefined ? {} : { "aria-pressed": props.pressed };
  return (
    <Tooltip label={props.label} position="left" openDelay={400}>
      <ActionIcon size="lg" variant={props.pressed ? "filled" : "default"} aria-label={props.label} onClick={props.onClick} {...toggle}>
        {props.icon}
      </ActionIcon>
    </Tooltip>
  );
}

const LEGEND_LOOKS: RobotLook[] = ["moving", "acting", "waiting", "charging", "idle", "lost"];
const ZONES = ["no_go", "slow", "quiet", "one_way", "uv_hazard", "outdoors", "private", "fire_compartment"];
const FAMILIES = ["service", "patrol", "disinfection", "guide"];

function Legend({ kinds }: { kinds: ReadonlySet<string> }): ReactNode {
  const { t } = useTranslation();
  const lines = [
    ["released", t("map.released")],
    ["horizon", t("map.horizon")],
    ["closed", t("map.doorClosed")],
    ["open", t("map.doorOpen")],
    ["stuck", t("map.doorStuck")],
  ] as const;
  return (
    <Popover position="left-start" withArrow shadow="md">
      <Popover.Target>
        <ActionIcon size="lg" variant="default" aria-label={t("map.legend")}>
          <IconInfoCircle size={17} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css["legend"]}>
          {FAMILIES.map((family) => [<FamilyIcon key={family} family={family} />, <span key={`${family} word`}>{t(`family.${family}`)}</span>])}
          {LEGEND_LOOKS.map((look) => [<span key={look} />, <Tag key={`${look} word`} tone={robotTone(look)}>{t(`look.${look}`)}</Tag>])}
          {lines.map(([kind, text]) => [<span key={kind} className={css["sample"]} data-kind={kind} />, <span key={`${kind} word`}>{text}</span>])}
          <span />
          <span>{t("map.battery")}</span>
          {kinds.has("hold_point") && [<span key="hold" className={css["hold"]} />, <span key="hold word">{t("map.holdPoint")}</span>]}
          {ZONES.filter((kind) => kinds.has(kind)).map((kind) => [<span key={kind} className={css["zone"]} data-kind={kind} />, <span key={`${kind} word`}>{t(`zoneKind.${kind}`)}</span>])}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

export function ScaleBar({ metres, widthPx }: { metres: number; widthPx: number }): ReactNode {
  if (widthPx <= 0) return null;
  return (
    <div className={css["foot"]}>
      <div>
        <span className="num">{metres} m</span>
        <div className={css["scale"]} style={{ width: widthPx }} />
      </div>
    </div>
  );
}
