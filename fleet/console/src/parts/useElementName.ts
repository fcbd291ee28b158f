import { useTranslation } from "react-i18next";
import { useSite } from "../api/queries";
import { useWords } from "../i18n/words";
import type { Kind } from "./elements";

/** What people call an element: its own name; of a lane, what it joins. */
export function useElementName(): (kind: Kind, id: string) => string {
  const { t } = useTranslation();
  const words = useWords();
  const site = useSite().data;
  return (kind, id) => {
    if (kind !== "lane") return words.place(id);
    const edge = site?.edges.find((lane) => lane.id === id);
    const [from = id, to = ""] = edge ? [edge.source, edge.target] : id.split(">");
    return t("closure.lane", { from: words.place(from), to: words.place(to) });
  };
}
