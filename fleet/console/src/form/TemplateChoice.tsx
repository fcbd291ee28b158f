import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Template } from "../api/types";
import { useWords } from "../i18n/words";
import { FamilyIcon } from "../parts/FamilyIcon";
import css from "./form.module.css";

const FAMILIES = ["service", "patrol", "disinfection", "guide"];

/** What can be asked for, in plain words; what is not possible now says why. */
export function TemplateChoice({ templates, onChoose }: { templates: readonly Template[]; onChoose: (id: string) => void }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const order = (template: Template) => FAMILIES.indexOf(template.family);
  const sorted = [...templates].sort((a, b) => Number(b.available) - Number(a.available) || order(a) - order(b));
  return (
    <div className={css["templates"]} role="group" aria-label={t("form.choose")}>
      {sorted.map((template) => (
        <button key={template.id} type="button" className={css["template"]} disabled={!template.available} onClick={() => onChoose(template.id)}>
          <FamilyIcon family={template.family} size={22} />
          <strong>{words.name(template.names, template.id)}</strong>
          <p>{words.name(template.description, "")}</p>
          {!template.available && (
            <p>
              {t("form.unavailable")}
              {template.because ? `: ${template.because}` : ""}
            </p>
          )}
        </button>
      ))}
    </div>
  );
}
