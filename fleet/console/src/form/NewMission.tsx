import { Modal } from "@mantine/core";
import { lazy, Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNewMission } from "./useNewMission";

const MissionForm = lazy(async () => ({ default: (await import("./MissionForm")).MissionForm }));

/** The dialog for a new mission. It is loaded when it is first opened. */
export function NewMission(): ReactNode {
  const { t } = useTranslation();
  const { template, close } = useNewMission();
  return (
    <Modal opened={template !== null} onClose={close} title={t("form.title")} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
      <Suspense fallback={t("app.loading")}>{template !== null && <MissionForm chosen={template} />}</Suspense>
    </Modal>
  );
}
