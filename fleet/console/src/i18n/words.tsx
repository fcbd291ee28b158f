// Words for what the orchestrator names by a key, in the page's language and with the site's own names.
import type { TFunction, i18n as I18n } from "i18next";
import { createContext, use, useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSite } from "../api/queries";
import type { Names, Site } from "../api/types";
import { clock, duration, inLanguage, waitingParts } from "../format";

export interface Words {
  language: string;
  name: (names: Names | undefined, fallback: string) => string;
  level: (id: string) => string;
  /** The name of a place, room, node, door or lift. */
  place: (id: string) => string;
  duration: (seconds: number) => string;
  clock: (atS: number, nowS: number) => string;
  waiting: (waiting: string) => string;
  /** The text for a key of a group, or the key itself when the orchestrator is newer than this page. */
  term: (group: string, key: string) => string;
}

const WordsContext = createContext<Words | null>(null);

export function WordsProvider({ children }: { children: ReactNode }): ReactNode {
  const { t, i18n } = useTranslation();
  const site = useSite().data;
  const language = i18n.language;
  const words = useMemo(() => wordsIn(language, t, i18n, site), [language, t, i18n, site]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

export function useWords(): Words {
  const words = use(WordsContext);
  if (!words) throw new Error("useWords must be used inside WordsProvider");
  return words;
}

function wordsIn(language: string, t: TFunction, i18n: I18n, site: Site | undefined): Words {
  const ids = namesById(site);
  const levels = new Map(site?.levels.map((level) => [level.id, level.names]));
  const name = (names: Names | undefined, fallback: string) => inLanguage(names, language, fallback);
  const units = { h: t("unit.h"), min: t("unit.min"), s: t("unit.s") };
  const zone = site?.time_zone ?? "UTC";
  return {
    language,
    name,
    level: (id) => name(levels.get(id), id),
    place: (id) => name(ids.get(id), id),
    duration: (seconds) => duration(seconds, units),
    clock: (atS, nowS) => clock(atS, nowS, zone, language),
    waiting: (waiting) => {
      const { kind, who } = waitingParts(waiting);
      if (kind === "closure") {
        const { kind: what, who: id } = waitingParts(who);
        return t("waiting.closure", { who: `${t(`closure.kind.${what}`)} ${name(ids.get(id), id)}` });
      }
      const keys = [`waiting.${kind}_${who}`, `waiting.${kind}`];
      const key = keys.find((candidate) => i18n.exists(candidate));
      return key ? t(key, { who: name(ids.get(who), who) }) : t("waiting.other", { who: waiting });
    },
    term: (group, key) => (i18n.exists(`${group}.${key}`) ? t(`${group}.${key}`) : key.replaceAll("_", " ")),
  };
}

function namesById(site: Site | undefined): Map<string, Names> {
  const named = site ? [{ id: "site", names: site.names }, ...site.doors, ...site.lifts, ...(site.zones ?? []), ...site.rooms, ...site.nodes, ...site.places] : [];
  return new Map(named.filter((item) => Object.keys(item.names).length > 0).map((item) => [item.id, item.names]));
}
