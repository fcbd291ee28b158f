import { ActionIcon, Button, Menu, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconLanguage, IconMoon, IconPlus, IconSun } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSite } from "../api/queries";
import { useNewMission } from "../form/useNewMission";
import { LANGUAGES } from "../i18n";
import { useWords } from "../i18n/words";
import { useLink, useNowS } from "../live/hooks";
import type { LinkStatus } from "../live/link";
import type { Tone } from "../parts/looks";
import { Tag } from "../parts/Tag";
import css from "./shell.module.css";
import { StopAll } from "./StopAll";

export function TopBar(): ReactNode {
  const words = useWords();
  const site = useSite().data;
  return (
    <header className={css["top"]}>
      <span className={css["mark"]}>
        <img src="/icon.svg" width={26} height={26} alt="CityFleet" />
      </span>
      <span className={css["site"]}>{site ? words.name(site.names, site.id) : "CityFleet"}</span>
      <LinkTag />
      <SiteClock />
      <span className={css["space"]} />
      <NewMissionButton />
      <LanguageMenu />
      <ThemeButton />
      <StopAll />
    </header>
  );
}

const LINK_TONES: Record<LinkStatus, Tone> = { live: "good", connecting: "waiting", stale: "waiting", lost: "bad" };

function LinkTag(): ReactNode {
  const { t } = useTranslation();
  const { status } = useLink();
  return (
    <span className={css["link"]} role="status">
      <Tag tone={LINK_TONES[status]}>{t(`link.${status}`)}</Tag>
    </span>
  );
}

function SiteClock(): ReactNode {
  const words = useWords();
  const nowS = useNowS();
  if (nowS === 0) return null;
  return <span className={`${css["clock"]} ${css["wide"]}`}>{words.clock(nowS, nowS)}</span>;
}

function NewMissionButton(): ReactNode {
  const { t } = useTranslation();
  const { open } = useNewMission();
  return (
    <>
      <Button className={css["wide"] ?? ""} size="xs" leftSection={<IconPlus size={15} />} onClick={() => open()}>
        {t("top.newMission")}
      </Button>
      <ActionIcon className={css["narrow"] ?? ""} size="lg" aria-label={t("top.newMission")} onClick={() => open()}>
        <IconPlus size={18} />
      </ActionIcon>
    </>
  );
}

function LanguageMenu(): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("top.language")}>
          <IconLanguage size={19} stroke={1.7} color="var(--ink-soft)" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map(({ code, name }) => (
          <Menu.Item key={code} lang={code} fw={i18n.language === code ? 700 : 400} onClick={() => void i18n.changeLanguage(code)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeButton(): ReactNode {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  const icon = dark ? <IconSun size={19} stroke={1.7} color="var(--ink-soft)" /> : <IconMoon size={19} stroke={1.7} color="var(--ink-soft)" />;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={dark ? t("top.toLight") : t("top.toDark")}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {icon}
    </ActionIcon>
  );
}
