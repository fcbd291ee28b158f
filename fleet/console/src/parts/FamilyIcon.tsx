import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import css from "./parts.module.css";

/** The same forms as on the map (map/sprites.ts), nose to the right. */
const PATHS: Record<string, string> = {
  patrol: "M10.8 0L-7.8 8.2L-4.2 0L-7.8 -8.2Z",
  disinfection: "M11.2 0L4.75 8.2L-4.75 8.2L-9.5 0L-4.75 -8.2L4.75 -8.2Z",
  guide: "M11.2 0L5.5 5.5A8.4 8.4 0 1 1 5.5 -5.5Z",
  service: "M10.8 0L6.2 7L-8.2 7L-8.2 -7L6.2 -7Z",
};

export function FamilyIcon({ family, size = 16 }: { family: string; size?: number }): ReactNode {
  const { t } = useTranslation();
  return (
    <svg className={css["family"]} width={size} height={size} viewBox="-12 -12 24 24" role="img" aria-label={t(`family.${family}`)}>
      <path d={PATHS[family] ?? PATHS["service"]} fill="currentColor" opacity="0.85" />
    </svg>
  );
}
