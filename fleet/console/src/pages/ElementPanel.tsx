import { ActionIcon } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Site } from "../api/types";
import { useClosures } from "../live/hooks";
import { CloseElement } from "../parts/CloseElement";
import { ClosureRow, KindWord } from "../parts/ClosureRow";
import css from "../parts/closures.module.css";
import { closuresOf, type Element } from "../parts/elements";
import { useElementName } from "../parts/useElementName";
import pages from "./pages.module.css";

/** What was tapped on the map: lanes, doors, rooms, zones, lifts, to be closed or opened. */
export function ElementPanel({ elements, site, onClose }: { elements: readonly Element[]; site: Site; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <div className={pages["panelHead"]}>
        <ActionIcon variant="subtle" color="gray" aria-label={t("common.back")} onClick={onClose}>
          <IconArrowLeft size={18} color="var(--ink-soft)" />
        </ActionIcon>
        <h2 style={{ margin: 0, flex: 1 }}>{t("closure.here")}</h2>
      </div>
      <div className={pages["scroll"]} tabIndex={0} role="region" aria-label={t("closure.here")}>
        {elements.map((element) => (
          <OneElement key={`${element.kind} ${element.id}`} element={element} site={site} />
        ))}
      </div>
    </>
  );
}

function OneElement({ element, site }: { element: Element; site: Site }): ReactNode {
  const nameOf = useElementName();
  const closures = closuresOf(element, useClosures(), site);
  const name = nameOf(element.kind, element.id);
  return (
    <div data-element={`${element.kind} ${element.id}`}>
      <div className={css["element"]}>
        <span>
          <strong>{name}</strong> <KindWord kind={element.kind} />
        </span>
        {closures.length === 0 && <CloseElement element={element} name={name} />}
      </div>
      {closures.map((closure) => (
        <ClosureRow key={closure.id} closure={closure} named={false} />
      ))}
    </div>
  );
}
