import { IconBell, IconListCheck, IconMap2, IconRobot } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { useOpenAlerts } from "../live/hooks";
import css from "./shell.module.css";

export function Rail(): ReactNode {
  const { t } = useTranslation();
  const alerts = useOpenAlerts().length;
  return (
    <nav className={css["rail"]} aria-label={t("nav.label")}>
      <Item to="/operations" icon={<IconMap2 size={21} stroke={1.7} />} label={t("nav.operations")} />
      <Item to="/missions" icon={<IconListCheck size={21} stroke={1.7} />} label={t("nav.missions")} />
      <Item to="/robots" icon={<IconRobot size={21} stroke={1.7} />} label={t("nav.robots")} />
      <Item to="/alerts" icon={<IconBell size={21} stroke={1.7} />} label={t("nav.alerts")} count={alerts} countLabel={t("top.alerts", { count: alerts })} />
    </nav>
  );
}

function Item(props: { to: string; icon: ReactNode; label: string; count?: number; countLabel?: string }): ReactNode {
  return (
    <NavLink className={css["item"] ?? ""} to={props.to}>
      {props.icon}
      <span>{props.label}</span>
      {props.count ? (
        <span className={css["count"]} role="img" aria-label={props.countLabel}>
          {props.count > 99 ? "99+" : props.count}
        </span>
      ) : null}
    </NavLink>
  );
}
